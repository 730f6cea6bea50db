/** What a core in memory makes of previews of exports, for page-library.tsx. In the browser. */
import type { ExportFormat, ExportRequest } from '../../preload/contract.ts';
import { ContractError } from '../../preload/contract-error.ts';
import type { FileTransfer, PreviewedExport } from '../../renderer/library/file-transfer.ts';

/** A failure crosses as its message and hint. */
type PreviewAnswer = PreviewedExport | { readonly fails: string; readonly hint: string } | 'never';

export interface FakePreviews {
  /** By format; what is not said is text without any. */
  set(next: Partial<Record<ExportFormat, PreviewAnswer>>): void;
  requests(): readonly ExportRequest[];
  readonly preview: FileTransfer['preview'];
}

export function createFakePreviews(): FakePreviews {
  let answers: Partial<Record<ExportFormat, PreviewAnswer>> = {};
  const requests: ExportRequest[] = [];
  return {
    set(next) {
      answers = next;
    },
    requests: () => requests,
    async preview(request) {
      requests.push(request);
      const answer = answers[request.format] ?? { kind: 'text', text: '', isCut: false };
      if (answer === 'never') return new Promise(() => {});
      if ('kind' in answer) return answer;
      throw new ContractError({ code: 'not-found', message: answer.fails, hint: answer.hint });
    },
  };
}
