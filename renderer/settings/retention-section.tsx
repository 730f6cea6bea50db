/** Which recordings are let go by themselves. What rules would do is shown before they hold. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RecordingInfo, RetentionRules } from '../../preload/contract.ts';
import { nameOf } from '../library/recording-words.ts';
import { StorageMeter } from '../library/storage-meter.tsx';
import type { StorageLimits } from '../library/storage-words.ts';
import { problemOf } from '../problem.ts';
import type { Keeping, PruneReport } from '../store-keeping.ts';
import type { SettingsStore } from '../store-settings.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatBytes, formatTime } from '../ui/format.ts';
import { sentence } from '../ui/messages.tsx';
import {
  describeDone,
  describeDrops,
  describeKept,
  describePreview,
  draftOf,
  isSameRules,
  type RetentionDraft,
  rulesOf,
} from './retention-words.ts';

interface RetentionSectionProps {
  readonly settings: SettingsStore;
  readonly keeping: Keeping;
  readonly recordings: ReadonlyMap<string, RecordingInfo> | undefined;
  readonly limits: StorageLimits;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/** The first field, for whoever leads here. */
export const RETENTION_FIELD = 'retention-days';

export function RetentionSection(props: RetentionSectionProps): JSX.Element {
  const { settings, keeping, recordings, limits } = props;
  const kept = settings.state.value.settings.retention;
  const [draft, setDraft] = useState<RetentionDraft>();
  const [isAsking, setAsking] = useState(false);
  const [said, setSaid] = useState<{ readonly words: string; readonly isFailure?: true }>({ words: '' });
  const shown = draft ?? draftOf(kept);
  const rules = rulesOf(shown);
  const isChanged = rules !== undefined && !isSameRules(rules, kept);
  const preview = usePreview(keeping, rules, recordings?.size);
  // What is shown is what these rules do, not those before.
  const report =
    rules && preview.report && isSameRules(preview.report.rules, rules) ? preview.report : undefined;

  async function attempt(failure: string, deed: () => Promise<string>): Promise<void> {
    try {
      setSaid({ words: await deed() });
    } catch (error) {
      setSaid({ words: `${failure}: ${sentence(problemOf(error).message)}`, isFailure: true });
    }
  }

  async function keep(next: RetentionRules): Promise<void> {
    await attempt('These rules were not kept', async () => {
      await settings.change({ retention: next });
      setDraft(undefined);
      const isOff = next.days === 0 && next.quotaBytes === 0;
      return isOff ? 'Kept: nothing goes by itself.' : 'Kept: the app lets recordings go each hour.';
    });
  }

  return (
    <>
      <section class="settings-group" aria-label="Retention">
        <h2>Retention</h2>
        <p class="settings-note secondary">
          Lets recordings go by themselves, the oldest first, with all that was made of them. What is being
          recorded, pinned, not delivered to a recorder or not readable stays.
        </p>
        <StorageMeter measure={keeping.storage} changed={recordings} limits={limits} />
        <RuleField
          id={RETENTION_FIELD}
          label="Keep recordings for"
          help="Since they were last written to; 0 for ever."
          unit="days"
          value={shown.days}
          onInput={(days) => setDraft({ ...shown, days })}
        />
        <RuleField
          id="retention-quota"
          label="Keep at most"
          help="Of all recordings with their files; 0 for any."
          unit="GB"
          value={shown.gigabytes}
          onInput={(gigabytes) => setDraft({ ...shown, gigabytes })}
        />
        <div class="retention-preview">
          <p role="status">
            {rules === undefined
              ? 'Days are a whole number up to 36500, gigabytes a number up to 1000000.'
              : (preview.refusal ?? (report ? describePreview(report) : '\u00a0'))}
          </p>
          {report && report.kept.length > 0 && (
            <p class="secondary">Stays though the rules name it: {describeKept(report.kept)}.</p>
          )}
          {report && report.drops.length > 0 && <Drops {...props} report={report} />}
          <div class="retention-actions">
            <Button
              kind={isChanged ? 'primary' : 'plain'}
              isDisabled={!isChanged || !(report || preview.refusal)}
              onPress={() => rules && void keep(rules)}
            >
              Keep these rules
            </Button>
            {draft && <Button onPress={() => setDraft(undefined)}>Cancel</Button>}
            {!isChanged && report && report.drops.length > 0 && (
              <Button onPress={() => setAsking(true)}>Delete now…</Button>
            )}
          </div>
          <p class={said.isFailure ? 'tone-lost' : 'secondary'} role="status">
            {said.words}
          </p>
        </div>
      </section>
      {isAsking && report && (
        <Dialog
          title="Delete what the rules name?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onPress={() => setAsking(false)}>Keep</Button>
              <Button
                kind="danger"
                isFocusedFirst
                onPress={() => {
                  setAsking(false);
                  void attempt('Not all of it was deleted', async () => describeDone(await keeping.prune()));
                }}
              >
                Delete
              </Button>
            </>
          }
        >
          <p class="dialog-text">
            {describeDrops(report)} {report.drops.length === 1 ? 'is' : 'are'} deleted from this machine for
            good, with tags, comments and markers, and what was made for search and replay.
          </p>
        </Dialog>
      )}
    </>
  );
}

interface RuleFieldProps {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly unit: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function RuleField({ id, label, help, unit, value, onInput }: RuleFieldProps): JSX.Element {
  return (
    <div class="setting">
      <div class="setting-words">
        <label class="setting-label" for={id}>
          {label}
        </label>
        <span id={`${id}-help`} class="secondary">
          {help}
        </span>
      </div>
      <div class="setting-number">
        <div class="field">
          <input
            id={id}
            type="text"
            inputMode="decimal"
            autocomplete="off"
            aria-describedby={`${id}-help`}
            value={value}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        </div>
        <span class="secondary">{unit}</span>
      </div>
    </div>
  );
}

/** More are told by their number. */
const SHOWN_DROPS = 8;

function Drops({
  report,
  recordings,
  nowMs,
}: Pick<RetentionSectionProps, 'recordings' | 'nowMs'> & { readonly report: PruneReport }): JSX.Element {
  const { drops, rules } = report;
  return (
    <details class="retention-drops">
      <summary>Which ones</summary>
      <ul>
        {drops.slice(0, SHOWN_DROPS).map(({ recordingId, rule, totalBytes }) => {
          const recording = recordings?.get(recordingId);
          return (
            <li key={recordingId}>
              <span class="ellipsis">{recording ? nameOf(recording) : recordingId}</span>
              <span class="secondary numbers">
                {recording && `${formatTime(recording.startedAtMs, nowMs)}, `}
                {formatBytes(totalBytes)},{' '}
                {rule === 'age' ? `older than ${rules.days} days` : 'over the quota'}
              </span>
            </li>
          );
        })}
        {drops.length > SHOWN_DROPS && <li class="secondary">and {drops.length - SHOWN_DROPS} more</li>}
      </ul>
    </details>
  );
}

/** Pauses in typing this long are for looking at what comes of it. */
const PREVIEW_AFTER_MS = 300;

interface Preview {
  readonly report?: PruneReport;
  readonly refusal?: string;
}

function usePreview(keeping: Keeping, rules: RetentionRules | undefined, changed: unknown): Preview {
  const [preview, setPreview] = useState<Preview>({});
  useEffect(() => {
    let isCurrent = true;
    if (!rules) return setPreview({});
    const timer = setTimeout(async () => {
      try {
        const report = await keeping.preview(rules);
        if (isCurrent) setPreview({ report });
      } catch (error) {
        const refusal = `It could not be seen what would go: ${sentence(problemOf(error).message)}`;
        if (isCurrent) setPreview({ refusal });
      }
    }, PREVIEW_AFTER_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [rules?.days, rules?.quotaBytes, changed]);
  return preview;
}
