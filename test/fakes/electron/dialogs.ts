/** Dialogs that nobody sees: they wait for the test's answer. */
import type { MessageBoxOptions, OpenDialogOptions, SaveDialogOptions } from 'electron';
import { app } from './app.ts';
import type { DialogAnswer } from './control-contract.ts';
import { nameMissing } from './missing.ts';
import { note } from './notes.ts';

type Kind = DialogAnswer['dialog'];
type AnswerOf<K extends Kind> = Extract<DialogAnswer, { dialog: K }>;

const answers: DialogAnswer[] = [];
const waiting: { readonly kind: Kind; resolve(answer: DialogAnswer): void }[] = [];

export function answerDialog(answer: DialogAnswer): void {
  const index = waiting.findIndex(({ kind }) => kind === answer.dialog);
  if (index === -1) answers.push(answer);
  else waiting.splice(index, 1)[0]?.resolve(answer);
}

async function ask<K extends Kind>(kind: K): Promise<AnswerOf<K>> {
  const index = answers.findIndex(({ dialog }) => dialog === kind);
  if (index !== -1) return answers.splice(index, 1)[0] as AnswerOf<K>;
  return new Promise<DialogAnswer>((resolve) => waiting.push({ kind, resolve })) as Promise<AnswerOf<K>>;
}

/** The window comes first or not at all. */
function optionsOf<T>(args: readonly unknown[]): T {
  app.needReady('dialog module can only be used after app is ready');
  // Options are data: what a window or a function in them were could not be told to a test.
  return JSON.parse(JSON.stringify(args.at(-1) ?? {})) as T;
}

export const dialog = nameMissing('dialog', {
  async showMessageBox(...args: readonly unknown[]) {
    note({ kind: 'message box', options: optionsOf<MessageBoxOptions>(args) });
    const { response, checkboxChecked = false } = await ask('message box');
    return { response, checkboxChecked };
  },
  async showOpenDialog(...args: readonly unknown[]) {
    note({ kind: 'open dialog', options: optionsOf<OpenDialogOptions>(args) });
    const { filePaths } = await ask('open dialog');
    return { canceled: filePaths.length === 0, filePaths: [...filePaths] };
  },
  async showSaveDialog(...args: readonly unknown[]) {
    note({ kind: 'save dialog', options: optionsOf<SaveDialogOptions>(args) });
    const { filePath } = await ask('save dialog');
    return { canceled: filePath === '', filePath };
  },
  /** Before the app is ready too; then it stands on standard error. */
  showErrorBox(title: string, content: string) {
    note({ kind: 'error box', title, content });
    process.stderr.write(`${title}: ${content}\n`);
  },
});
