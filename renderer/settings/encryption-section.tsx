/** To whom recordings are encrypted, and which secret keys are here to read them. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AppInfo } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import type { EncryptionStore } from '../store-encryption.ts';
import type { SettingsStore } from '../store-settings.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { CopyButton, sentence } from '../ui/messages.tsx';
import { StatusDot } from '../ui/status-dot.tsx';
import {
  describeAdded,
  describeEncryption,
  describeKey,
  describeKeyPlace,
  SECRET_KEY_FIELD,
} from './encryption-words.ts';

interface EncryptionSectionProps {
  readonly settings: SettingsStore;
  readonly encryption: EncryptionStore;
  readonly info: AppInfo | undefined;
}

const PUBLIC_ID = 'encryption-public';

export function EncryptionSection({ settings, encryption, info }: EncryptionSectionProps): JSX.Element {
  const { recipients } = settings.state.value.settings.encryption;
  const keys = encryption.keys.value;
  const [loading, setLoading] = useState<string>();
  useEffect(() => {
    encryption.load().catch((error: unknown) => setLoading(wordsOf(error)));
  }, [encryption]);

  /** Rejects with why one of them cannot be used. */
  function choose(next: readonly string[]): Promise<void> {
    return settings.change({ encryption: { recipients: next } });
  }

  const words = describeEncryption(recipients, keys);
  const others = [...(keys ?? [])].filter((key) => !recipients.includes(key));
  return (
    <section class="settings-group" aria-label="Encryption">
      <h2>Encryption</h2>
      <p class="settings-note secondary">
        Encrypts recordings while they are written, to public keys of age. Recording needs no secret key;
        replaying needs one. There is no other way in: without the secret keys the recordings are lost. Where
        and when a session was recorded stays readable, what ran and what it showed does not.
      </p>
      <div class="encryption-part">
        <span class="setting-label">Encrypt to these public keys</span>
        <span class="encryption-state" role="status">
          <StatusDot shape={recipients.length === 0 ? 'ring' : 'full'} tone={words.tone} />
          <span class={words.tone === 'lost' ? 'tone-lost' : 'secondary'}>{words.line}</span>
        </span>
        {recipients.map((recipient) => (
          <KeyRow key={recipient} recipient={recipient} words={describeKey(recipient, keys)}>
            <RemoveKey
              recipient={recipient}
              remove={() => choose(recipients.filter((one) => one !== recipient))}
            />
          </KeyRow>
        ))}
        <TextDeed
          id={PUBLIC_ID}
          label="Add a public key"
          placeholder="age1…"
          verb="Add"
          act={async (text) => {
            await choose([...new Set([...recipients, text])]);
            return '';
          }}
        />
      </div>
      <div class="encryption-part">
        <span class="setting-label">Secret keys here</span>
        {info && <span class="secondary">{describeKeyPlace(info)}</span>}
        {loading !== undefined && <p class="encryption-problem">{loading}</p>}
        {keys && (
          <span class="secondary">
            {keys.size === 0
              ? 'None: nothing that is encrypted can be replayed here.'
              : others.length === 0
                ? 'Those of the list above.'
                : 'Beside those of the list above:'}
          </span>
        )}
        {others.map((recipient) => (
          <KeyRow key={recipient} recipient={recipient} words="">
            <Deed label="Encrypt to it" act={() => choose([...recipients, recipient])} />
          </KeyRow>
        ))}
        <NewKey
          make={async () => {
            const { recipient, secret } = await encryption.newKey();
            await choose([...recipients, recipient]);
            return secret;
          }}
        />
        <TextDeed
          id={SECRET_KEY_FIELD}
          label="Add a secret key"
          placeholder="AGE-SECRET-KEY-1…, or what age-keygen wrote"
          verb="Add"
          isSecret
          act={async (text) => describeAdded(await encryption.addKeys(text))}
        />
      </div>
    </section>
  );
}

interface KeyRowProps {
  readonly recipient: string;
  readonly words: string;
  readonly children: ComponentChildren;
}

function KeyRow({ recipient, words, children }: KeyRowProps): JSX.Element {
  return (
    <div class="encryption-row">
      <span class="mono ellipsis encryption-key" title={recipient}>
        {recipient}
      </span>
      <span class="secondary">{words}</span>
      {children}
    </div>
  );
}

function RemoveKey({
  recipient,
  remove,
}: {
  readonly recipient: string;
  readonly remove: () => Promise<void>;
}): JSX.Element {
  const { problem, run } = useDeed();
  return (
    <>
      <IconButton icon="close" label={`Remove ${recipient}`} onPress={() => void run(remove)} />
      {problem !== undefined && <p class="encryption-problem">{problem}</p>}
    </>
  );
}

function Deed({ label, act }: { readonly label: string; readonly act: () => Promise<void> }): JSX.Element {
  const { problem, run } = useDeed();
  return (
    <>
      <Button onPress={() => void run(act)}>{label}</Button>
      {problem !== undefined && <p class="encryption-problem">{problem}</p>}
    </>
  );
}

/** Makes a key, and lets its secret half be copied while this is shown. */
function NewKey({ make }: { readonly make: () => Promise<string> }): JSX.Element {
  const [secret, setSecret] = useState<string>();
  const { problem, isRunning, run } = useDeed();
  return (
    <div class="encryption-new">
      {secret === undefined ? (
        <Button
          icon="plus"
          isDisabled={isRunning}
          onPress={() => void run(async () => setSecret(await make()))}
        >
          Make a key
        </Button>
      ) : (
        <div class="encryption-made" role="status">
          <p>
            A key was made and is kept here; recordings are encrypted to it from now on. Keep a copy of its
            secret half where you keep passwords: it is not shown again, and without it the recordings are
            lost.
          </p>
          <div class="encryption-actions">
            <span>Secret key</span>
            <CopyButton text={secret} />
            <Button onPress={() => setSecret(undefined)}>I have a copy</Button>
          </div>
        </div>
      )}
      {problem !== undefined && <p class="encryption-problem">{problem}</p>}
    </div>
  );
}

interface TextDeedProps {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly verb: string;
  readonly isSecret?: boolean;
  /** Resolves with what is to be said. */
  readonly act: (text: string) => Promise<string>;
}

/** A text to paste and what is done with it; it stays where that fails. */
function TextDeed({ id, label, placeholder, verb, isSecret, act }: TextDeedProps): JSX.Element {
  const [text, setText] = useState('');
  const [said, setSaid] = useState('');
  const { problem, isRunning, run, forget } = useDeed();

  function take(): void {
    if (text.trim() === '' || isRunning) return;
    void run(async () => {
      setSaid(await act(text.trim()));
      setText('');
    });
  }

  return (
    <div class="encryption-add">
      <label class="secondary" for={id}>
        {label}
      </label>
      <textarea
        id={id}
        class={`encryption-text mono ${isSecret ? 'is-secret' : ''} ${problem === undefined ? '' : 'is-wrong'}`}
        rows={1}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={placeholder}
        value={text}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setSaid('');
          forget();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey) return;
          event.preventDefault();
          take();
        }}
      />
      <Button isDisabled={text.trim() === '' || isRunning} onPress={take}>
        {verb}
      </Button>
      {problem !== undefined && (
        <p id={`${id}-problem`} class="encryption-problem" role="alert">
          {problem}
        </p>
      )}
      {said !== '' && (
        <p class="secondary encryption-said" role="status">
          {said}
        </p>
      )}
    </div>
  );
}

function useDeed(): {
  readonly problem: string | undefined;
  readonly isRunning: boolean;
  readonly run: (deed: () => Promise<void>) => Promise<void>;
  readonly forget: () => void;
} {
  const [problem, setProblem] = useState<string>();
  const [isRunning, setRunning] = useState(false);
  async function run(deed: () => Promise<void>): Promise<void> {
    setRunning(true);
    setProblem(undefined);
    try {
      await deed();
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setRunning(false);
    }
  }
  return { problem, isRunning, run, forget: () => setProblem(undefined) };
}

function wordsOf(error: unknown): string {
  const { message, hint } = problemOf(error);
  return [message, hint].flatMap((text) => (text ? [sentence(text)] : [])).join(' ');
}
