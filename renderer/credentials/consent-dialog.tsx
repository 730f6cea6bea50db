/** Asks once whether a program that a kubeconfig names may run. Escape decides later: what waits goes on waiting. */
import type { JSX } from 'preact';
import type { CredentialRequest } from '../../preload/contract.ts';
import { visibleText } from '../../preload/visible-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useTypedAhead } from '../ui/typed-ahead.ts';
import { pluginName, waitingWords } from './credential-words.ts';

export interface ConsentDialogProps {
  readonly request: CredentialRequest;
  /** Questions that come after this one. */
  readonly queued: number;
  readonly onAnswer: (answer: 'allow' | 'refuse') => void;
  readonly onLater: () => void;
}

export function ConsentDialog({ request, queued, onAnswer, onLater }: ConsentDialogProps): JSX.Element {
  const isTypedAhead = useTypedAhead();
  const name = pluginName(request);
  return (
    <Dialog
      title={`Let ${name} run to log in?`}
      class="consent"
      onClose={onLater}
      actions={
        <>
          <span class="consent-later secondary">
            Esc decides later
            {queued > 0 &&
              `. ${queued === 1 ? 'One more question' : `${queued} more questions`} after this one`}
          </span>
          <Button isFocusedFirst onPress={() => onAnswer('refuse')}>
            Don’t allow
          </Button>
          {/* As plain as the other: it is no more what the user came for. */}
          <Button onPress={() => onAnswer('allow')}>Allow</Button>
        </>
      }
      onKeyDown={(event) => {
        if (isTypedAhead(event)) event.preventDefault();
      }}
    >
      <p class="dialog-text">
        The kubeconfig gets the credential for <strong>{visibleText(request.context)}</strong> from a program.
        Kubereel has not run it for you before. {waitingWords(request)}.
      </p>
      <dl class="consent-facts">
        <Fact label="Program" value={request.path} />
        {request.command !== request.path && <Fact label="Written as" value={request.command} />}
        <dt>Arguments</dt>
        <dd class="mono">
          {request.args.length === 0 ? (
            'none'
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: they may be more than fit
            <ol class="consent-arguments" tabIndex={0} aria-label="Arguments">
              {request.args.map((argument, index) => (
                <li key={index}>{visibleText(argument) || '(empty)'}</li>
              ))}
            </ol>
          )}
        </dd>
        <Fact label="Kubeconfig" value={request.kubeconfigPath} />
        <Fact label="Context" value={request.context} />
      </dl>
      <p class="consent-warning">
        It runs as you, and can do anything on this machine that you can. Allow it if you trust whoever wrote
        this kubeconfig. Your leave is kept for this program with these arguments in this file.
      </p>
    </Dialog>
  );
}

function Fact({ label, value }: { readonly label: string; readonly value: string }): JSX.Element {
  return (
    <>
      <dt>{label}</dt>
      <dd class="mono">{visibleText(value)}</dd>
    </>
  );
}
