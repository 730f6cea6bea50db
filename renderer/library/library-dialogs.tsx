/** What floats above the library, one at a time: a menu, or a question about recordings. */
import type { JSX } from 'preact';
import type { RecordingInfo } from '../../preload/contract.ts';
import type { Keeping } from '../store-keeping.ts';
import type { MenuPlace } from '../ui/menu.tsx';
import { ExportDialog } from './export-dialog.tsx';
import type { FileTransfer } from './file-transfer.ts';
import { removableOf } from './list-words.ts';
import { RecordingMenu, type RecordingMenuProps } from './recording-menu.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { tagsOf } from './tag-choice.ts';
import { TagsDialog } from './tags-dialog.tsx';

/** Of recordings there is always one. */
export type LibraryQuestion =
  | { readonly kind: 'menu'; readonly recordings: readonly RecordingInfo[]; readonly place: MenuPlace }
  | { readonly kind: 'export'; readonly recording: RecordingInfo }
  | { readonly kind: 'tags'; readonly recordings: readonly RecordingInfo[] }
  | { readonly kind: 'remove'; readonly recordings: readonly RecordingInfo[] };

export interface LibraryDialogsProps
  extends Omit<RecordingMenuProps, 'recordings' | 'place' | 'onClose' | 'onRemove'> {
  readonly question: LibraryQuestion;
  readonly recordings: ReadonlyMap<string, RecordingInfo>;
  readonly nowMs: number;
  readonly files: FileTransfer;
  readonly annotate: Keeping['annotate'];
  /** Asks first. */
  readonly onAskRemove: (recordings: readonly RecordingInfo[]) => void;
  /** Deletes for good. */
  readonly onRemove: (recordings: readonly RecordingInfo[]) => void;
  readonly onClose: () => void;
}

export function LibraryDialogs(props: LibraryDialogsProps): JSX.Element {
  const { question, onClose } = props;
  switch (question.kind) {
    case 'menu':
      return (
        <RecordingMenu
          recordings={question.recordings}
          place={question.place}
          onClose={onClose}
          onReplay={props.onReplay}
          onExport={props.onExport}
          onPin={props.onPin}
          onTag={props.onTag}
          onRemove={props.onAskRemove}
        />
      );
    case 'export':
      return <ExportDialog recording={question.recording} files={props.files} onClose={onClose} />;
    case 'tags':
      return (
        <TagsDialog
          recordings={question.recordings}
          knownTags={tagsOf(props.recordings.values())}
          annotate={props.annotate}
          onClose={onClose}
        />
      );
    case 'remove': {
      const going = removableOf(question.recordings);
      return (
        <RemoveDialog
          recordings={going}
          liveCount={question.recordings.length - going.length}
          nowMs={props.nowMs}
          onAnswer={(isWanted) => {
            onClose();
            if (isWanted) props.onRemove(going);
          }}
        />
      );
    }
  }
}
