/** Under a replay that has failed: why, and what helps. */
import type { JSX } from 'preact';
import { problemOf } from '../problem.ts';
import { Button } from '../ui/button.tsx';
import { Problem } from '../ui/problem.tsx';

export interface ReplayProblemProps {
  readonly error: unknown;
  /** Leads to where the key of an encrypted recording is added. */
  readonly onAddKey: () => void;
  readonly onRetry: () => void;
}

export function ReplayProblem({ error, onAddKey, onRetry }: ReplayProblemProps): JSX.Element {
  const problem = problemOf(error);
  return (
    <Problem form="bar" title="This recording cannot be played" problem={problem}>
      {problem.code === 'recording-locked' && (
        <Button kind="primary" icon="lock" onPress={onAddKey}>
          Add its key
        </Button>
      )}
      <Button onPress={onRetry}>Try again</Button>
    </Problem>
  );
}
