/** What is said of one recording or of several: their tags, whether they are kept, and of one a comment. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AnnotationChange, ProblemInfo, RecordingInfo } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import type { Keeping } from '../store-keeping.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { formatCount } from '../ui/format.ts';
import { Problem } from '../ui/problem.tsx';
import { nameOf } from './recording-words.ts';
import { changeOf, foldTag, nextShare, shareOf, splitTags, type TagShare } from './tag-choice.ts';

export interface TagsDialogProps {
  /** At least one. */
  readonly recordings: readonly RecordingInfo[];
  /** Of the whole library, to choose from: `tagsOf`. */
  readonly knownTags: readonly string[];
  readonly annotate: Keeping['annotate'];
  readonly onClose: () => void;
}

/** As long as the core takes them. */
const LONGEST_TAG = 64;
const LONGEST_COMMENT = 4_000;
/** More are found by their names. */
const MOST_SHOWN = 100;

export function TagsDialog({ recordings, knownTags, annotate, onClose }: TagsDialogProps): JSX.Element {
  // What another window says meanwhile does not change the question.
  const [asked] = useState(recordings);
  const open = asked.filter(({ isLocked }) => !isLocked);
  const single = asked.length === 1 ? asked[0] : undefined;
  const [chosen, setChosen] = useState<ReadonlyMap<string, TagShare>>(new Map());
  const [typed, setTyped] = useState('');
  const [comment, setComment] = useState(single?.comment ?? '');
  const firstPin = pinShareOf(asked);
  const [pin, setPin] = useState(firstPin);
  const [saving, setSaving] = useState<number>();
  const [problem, setProblem] = useState<ProblemInfo>();

  const tags = listTags(open, knownTags, chosen, typed);
  const shareNow = (tag: string): TagShare => chosen.get(tag) ?? shareOf(tag, open);

  function choose(tag: string, share: TagShare): void {
    setChosen(new Map(chosen).set(tag, share));
  }

  /** What was typed counts, whether Enter was pressed or not. */
  function withTyped(): ReadonlyMap<string, TagShare> {
    const next = new Map(chosen);
    for (const word of splitTags(typed)) {
      const known = [...knownTags, ...next.keys()].find((tag) => foldTag(tag) === foldTag(word));
      next.set(known ?? word, 'all');
    }
    return next;
  }

  async function save(): Promise<void> {
    const words: AnnotationChange = {
      ...changeOf(withTyped(), open),
      ...(single && !single.isLocked && comment !== (single.comment ?? '') && { comment }),
    };
    setSaving(0);
    setProblem(undefined);
    try {
      if (Object.keys(words).length > 0) await annotate(open.map(idOf), words, setSaving);
      if (pin !== firstPin) await annotate(asked.map(idOf), { isPinned: pin === 'all' }, setSaving);
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setSaving(undefined);
    }
  }

  const locked = asked.length - open.length;
  return (
    <Dialog
      class="tags-dialog"
      title={single ? `Tags of ${nameOf(single)}` : `Tags of ${formatCount(asked.length, 'recording')}`}
      onClose={onClose}
      actions={
        <>
          {saving !== undefined && asked.length > 1 && (
            <output class="secondary numbers tags-saving">
              {saving} of {asked.length}
            </output>
          )}
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" isDisabled={saving !== undefined} onPress={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      {locked > 0 && (
        <p class="secondary">
          {single
            ? 'It is encrypted, and its key is not here: only the pin can be changed.'
            : `The keys of ${formatCount(locked, 'encrypted recording')} are not here: of those only the pin is changed.`}
        </p>
      )}
      {open.length > 0 && (
        <Field
          label="Add a tag"
          icon="plus"
          placeholder="Add a tag: one word, such as incident"
          value={typed}
          most={LONGEST_TAG}
          isFocusedFirst
          onInput={setTyped}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            if (splitTags(typed).length === 0) return void save();
            setChosen(withTyped());
            setTyped('');
          }}
        />
      )}
      {open.length > 0 && (
        <ul class="tags-list" aria-label="Tags">
          {tags.length === 0 && <li class="secondary tags-none">{describeNone(typed)}</li>}
          {tags.slice(0, MOST_SHOWN).map((tag) => (
            <li key={tag}>
              <Choice
                label={tag}
                share={shareNow(tag)}
                count={open.length}
                onPress={() => choose(tag, nextShare(shareNow(tag), shareOf(tag, open)))}
              />
            </li>
          ))}
        </ul>
      )}
      {single && !single.isLocked && (
        <label class="tags-comment">
          <span class="setting-label">Comment</span>
          <textarea
            rows={3}
            maxLength={LONGEST_COMMENT}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
        </label>
      )}
      <Choice
        label="Pinned: kept whatever the rules of retention say"
        share={pin}
        count={asked.length}
        onPress={() => setPin(nextShare(pin, firstPin))}
      />
      {problem && <Problem form="bar" tone="lost" title="Not all of it was kept" problem={problem} />}
    </Dialog>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly share: TagShare;
  /** Of the recordings that are asked about. */
  readonly count: number;
  readonly onPress: () => void;
}

function Choice({ label, share, count, onPress }: ChoiceProps): JSX.Element {
  return (
    <label class="tags-choice">
      <input
        type="checkbox"
        checked={share === 'all'}
        ref={(box) => {
          if (box) box.indeterminate = share === 'some';
        }}
        onChange={onPress}
      />
      <span>{label}</span>
      {share === 'some' && <span class="secondary">some of the {count}</span>}
    </label>
  );
}

function describeNone(typed: string): string {
  const words = splitTags(typed);
  return words.length === 0 ? 'No recording has a tag yet.' : `Enter adds ${words.join(', ')}.`;
}

function idOf({ recordingId }: RecordingInfo): string {
  return recordingId;
}

function pinShareOf(recordings: readonly RecordingInfo[]): TagShare {
  const pinned = recordings.filter(({ isPinned }) => isPinned).length;
  if (pinned === 0) return 'none';
  return pinned === recordings.length ? 'all' : 'some';
}

/** Their own and newly typed ones first, then what the library has; only those that hold what is being typed. */
function listTags(
  recordings: readonly RecordingInfo[],
  knownTags: readonly string[],
  chosen: ReadonlyMap<string, TagShare>,
  typed: string,
): readonly string[] {
  const own = recordings.flatMap(({ tags = [] }) => tags);
  const byFold = new Map<string, string>();
  for (const tag of [...own, ...chosen.keys(), ...knownTags]) {
    if (!byFold.has(foldTag(tag))) byFold.set(foldTag(tag), tag);
  }
  const wanted = foldTag(typed.trim());
  return [...byFold.values()].filter((tag) => foldTag(tag).includes(wanted));
}
