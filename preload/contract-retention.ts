/** What is said about recordings, and which of them are let go. */

export interface AnnotationChange {
  /** Each one word; those that it has already are passed over. */
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
  /** In place of the one that there was; empty for none. */
  readonly comment?: string;
  /** It is kept, whatever the rules of retention say. */
  readonly isPinned?: boolean;
}
