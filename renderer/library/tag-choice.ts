/** Which tags several recordings have in common, and what a choice among them changes. */
import type { AnnotationChange, RecordingInfo } from '../../preload/contract.ts';

/** Of all recordings that are asked about, some, or none. */
export type TagShare = 'all' | 'some' | 'none';

/** Capitals do not make another tag. */
export function foldTag(tag: string): string {
  return tag.toLowerCase();
}

/** Tags of all recordings, the most used first. */
export function tagsOf(recordings: Iterable<RecordingInfo>): readonly string[] {
  const counts = new Map<string, { readonly tag: string; count: number }>();
  for (const { tags = [] } of recordings) {
    for (const tag of tags) {
      const known = counts.get(foldTag(tag));
      if (known) known.count += 1;
      else counts.set(foldTag(tag), { tag, count: 1 });
    }
  }
  const used = [...counts.values()].sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
  return used.map(({ tag }) => tag);
}

export function shareOf(tag: string, recordings: readonly Pick<RecordingInfo, 'tags'>[]): TagShare {
  const having = recordings.filter(({ tags = [] }) =>
    tags.some((one) => foldTag(one) === foldTag(tag)),
  ).length;
  if (having === 0) return 'none';
  return having === recordings.length ? 'all' : 'some';
}

/** What a press makes of it; what some had can be left so again. */
export function nextShare(current: TagShare, first: TagShare): TagShare {
  if (current === 'some') return 'all';
  if (current === 'all') return 'none';
  return first === 'some' ? 'some' : 'all';
}

/** The words of a text as tags: blanks and commas stand between them. */
export function splitTags(text: string): readonly string[] {
  return text.split(/[\s,"]+/).filter((tag) => tag !== '');
}

/** What turns the first shares into those that were chosen. */
export function changeOf(
  chosen: ReadonlyMap<string, TagShare>,
  recordings: readonly Pick<RecordingInfo, 'tags'>[],
): Pick<AnnotationChange, 'addTags' | 'removeTags'> {
  const addTags: string[] = [];
  const removeTags: string[] = [];
  for (const [tag, share] of chosen) {
    if (share === shareOf(tag, recordings)) continue;
    if (share === 'all') addTags.push(tag);
    if (share === 'none') removeTags.push(tag);
  }
  return { ...(addTags.length > 0 && { addTags }), ...(removeTags.length > 0 && { removeTags }) };
}
