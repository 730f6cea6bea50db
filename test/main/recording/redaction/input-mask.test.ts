import { expect, test } from 'vitest';
import { createInputMask, HIDDEN_INPUT } from '../../../../main/recording/redaction/input-mask.ts';
import { createRedaction } from '../../../../main/recording/redaction/redaction.ts';
import { PEM_LINES } from '../../../fakes/planted-secrets.ts';

const BODY = 'Zq7'.repeat(12);

function createMask(enabled = true) {
  return createInputMask(createRedaction({ enabled, patterns: [] }).newRedactor());
}

test('without redaction a line is given as it was typed', () => {
  const mask = createMask(false);
  expect(mask.event(`ghp_${BODY}\x7f\r`, 5)).toEqual({
    kind: 'input',
    timeMicros: 5,
    text: `ghp_${BODY}\x7f\r`,
  });
  expect(mask.maskedSpans).toBe(0);
});

test('a secret in a line is masked, and counted', () => {
  const mask = createMask();
  expect(mask.event('echo hello\r', 1)).toMatchObject({ text: 'echo hello\r' });
  expect(mask.event(`curl -H ghp_${BODY} x\x03`, 2)).toMatchObject({
    text: `curl -H ghp_${'•'.repeat(BODY.length)} x\x03`,
  });
  expect(mask.event('echo after\r', 3)).toMatchObject({ text: 'echo after\r' });
  expect(mask.maskedSpans).toBe(1);
});

test('a secret that was corrected while it was typed is masked as it read in the end', () => {
  const typed = `echo ghp_Zq\x7fq7${BODY}\r`;
  expect(JSON.stringify(createMask().event(typed, 0))).not.toContain(BODY);
});

test('where keys moved in the line, nothing of it is given', () => {
  const typed = `echo hp_${BODY}\x1b[H\x1b[1;5Cg\r`;
  expect(createMask().event(typed, 7)).toEqual({ kind: 'marker', timeMicros: 7, label: HIDDEN_INPUT });
});

test('a key that is pasted line by line is masked in every line', () => {
  const mask = createMask();
  const given = ['-----BEGIN RSA PRIVATE KEY-----', ...PEM_LINES, '-----END RSA PRIVATE KEY-----', 'ls'].map(
    (line) => JSON.stringify(mask.event(`${line}\r`, 0)),
  );
  for (const line of PEM_LINES) expect(given.join()).not.toContain(line);
  expect(given.at(-1)).toContain('ls');
});
