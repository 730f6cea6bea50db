import { expect, test } from 'vitest';
import { createRecorderClient } from '../../../main/upload/create-recorder-client.ts';
import { createRecorderNeeds } from '../../fakes/recorder-client.ts';

test.for([
  ['tsrecorder', { isLive: true, takesLater: true }],
  ['asciinema', { isLive: false, takesLater: true }],
  ['alis', { isLive: true, takesLater: false }],
] as const)('%s takes recordings when it can', ([kind, when]) => {
  const recorder = { kind, url: 'https://recorder.example' };
  expect(createRecorderClient(createRecorderNeeds(), recorder)).toMatchObject({ recorder, ...when });
});
