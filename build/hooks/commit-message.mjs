/** Refuses a commit message that is not of the form `room: imperative verb …`; run by git with the message's file. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAX_SUBJECT = 72;

/** What is wrong with a message, in words; undefined for a good one. */
export function judgeMessage(text) {
  const [subject = '', second = ''] = text.split('\n').filter((line) => !line.startsWith('#'));
  if (/^(Merge|Revert|fixup!|squash!)/.test(subject)) return undefined;
  if (!/^[a-z][a-z0-9 -]*: [a-z]/.test(subject))
    return 'Begin with the room: `exec: pause the socket when the queue is full`.';
  if (subject.length > MAX_SUBJECT)
    return `Keep the first line under ${MAX_SUBJECT} characters; it has ${subject.length}.`;
  if (subject.endsWith('.')) return 'No full stop at the end of the first line.';
  if (second !== '') return 'Leave the second line empty.';
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wrong = judgeMessage(readFileSync(process.argv[2], 'utf8'));
  if (wrong) {
    process.stderr.write(`${wrong}\n`);
    process.exit(1);
  }
}
