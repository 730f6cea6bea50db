import * as v from 'valibot';
import { expect, test } from 'vitest';
import { formatHeader, parseHeader } from '../../../main/recording/cast/cast.ts';
import { recordingFactsSchema } from '../../../main/recording/recording-facts.ts';
import { parseSidecar } from '../../../main/recording/sidecar.ts';
import { describeHeader } from '../../../main/recording/writing/new-recording.ts';
import { WEB_SHELL } from '../../fakes/cast-folder.ts';
import { ALL_FACTS } from '../../fakes/recording-facts.ts';

const details = { ...WEB_SHELL.details, ...ALL_FACTS, command: ['mysql', '-pTOPSECRET'] };
const header = formatHeader(describeHeader({ ...WEB_SHELL, details, startedAtMs: 0 }));

test('every fact is read back as it was written', () => {
  expect(v.parse(recordingFactsSchema, JSON.parse(JSON.stringify(ALL_FACTS)))).toEqual(ALL_FACTS);
});

test('the header holds the facts and the recorder’s own fields, and no command', () => {
  expect(JSON.parse(header)).toMatchObject({
    kubernetes: { PodName: 'web-1', Namespace: 'shop', Container: 'app', SessionType: 'attach' },
    kubereel: { context: 'kind', ...ALL_FACTS },
  });
  expect(header).not.toContain('TOPSECRET');
  expect(parseHeader(header)).toMatchObject({ context: 'kind', facts: ALL_FACTS, pod: { isAttached: true } });
});

test('a fact that is none takes the others with it, and neither the size nor the pod', () => {
  const { kubereel, ...rest } = JSON.parse(header);
  const parsed = parseHeader(JSON.stringify({ ...rest, kubereel: { ...kubereel, hasTty: 'yes' } }));
  expect(parsed).toMatchObject({ size: WEB_SHELL.size, pod: { name: 'web-1' } });
  expect(parsed).not.toHaveProperty('facts');
});

test('a sidecar from before there were facts is read', () => {
  const state = { kind: 'closed', durationMicros: 1, bytes: 2, end: { kind: 'closed' } };
  const old = { version: 1, id: 'x', ...WEB_SHELL, startedAtMs: 0, state };
  expect(parseSidecar(JSON.stringify(old)).details).toEqual(WEB_SHELL.details);
});
