import { redactText } from '../recording/redaction/redaction.ts';
import { compilePatterns } from '../recording/redaction/redaction-patterns.ts';
import { BUILT_IN } from '../recording/redaction/redaction-rules.ts';
import type { CallsOf } from './rooms.ts';

export function answerRedaction(): CallsOf<'redaction.builtIn' | 'redaction.try'> {
  return {
    'redaction.builtIn': async () => BUILT_IN.map(({ name }) => name),
    'redaction.try': async ({ text, patterns }) => {
      const { compiled, problems } = compilePatterns(patterns);
      const { text: masked, spans } = redactText(text, compiled);
      return { masked, spans, problems };
    },
  };
}
