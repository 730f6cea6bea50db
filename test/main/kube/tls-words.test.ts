import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainTlsWords } from '../../../main/kube/tls-words.ts';

/** As BoringSSL itself wrote them (Android 13's, from Debian) of `openssl s_server` and of files made with openssl. */
const BORING = {
  keyUsage: 'error:1000012e:SSL routines:OPENSSL_internal:KEY_USAGE_BIT_INCORRECT:src/ssl/ssl_cert.cc:607:',
  noCommon:
    'error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE:src/ssl/tls_record.cc:594:SSL alert number 40\n' +
    '94:error:1000009a:SSL routines:OPENSSL_internal:HANDSHAKE_FAILURE_ON_CLIENT_HELLO:src/ssl/handshake.cc:644:',
  oldProtocol:
    'error:1000042e:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION:src/ssl/tls_record.cc:594:SSL alert number 70',
  certificateRequired:
    'error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED:src/ssl/tls_record.cc:594:SSL alert number 116',
  notTls: 'error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:src/ssl/tls_record.cc:242:',
  encryptedKey: 'error:09000068:PEM routines:OPENSSL_internal:BAD_PASSWORD_READ',
  otherCurve: 'error:0f00007b:elliptic curve routines:OPENSSL_internal:UNKNOWN_GROUP',
  otherAlgorithm: 'error:06000080:public key routines:OPENSSL_internal:UNSUPPORTED_ALGORITHM',
  noPair: 'error:0b000074:X.509 certificate routines:OPENSSL_internal:KEY_VALUES_MISMATCH',
  noPem: 'error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE',
};

describe('a handshake in Electron, whose TLS library is BoringSSL', () => {
  const handshake = (words: string) => explainTlsWords(`write EPROTO 94:${words}`, 'EPROTO');

  test('a server certificate with the wrong key usage says what to have issued, and who still connects', () => {
    expect(handshake(BORING.keyUsage)).toMatchObject({
      kind: 'handshake',
      reason: expect.stringContaining('digitalSignature is missing'),
      hint: expect.stringMatching(/issued with the key usages digitalSignature.*kubereel command/),
    });
  });

  test('nothing in common is told as such, and that it is the desktop app’s library', () => {
    expect(handshake(BORING.noCommon)).toMatchObject({
      kind: 'handshake',
      reason: expect.stringMatching(/no cipher, curve or signature in common.*desktop app/),
      hint: expect.stringContaining('kubectl'),
    });
  });

  test('a server of TLS 1.1 is told in the library’s words', () => {
    expect(handshake(BORING.oldProtocol)).toMatchObject({
      reason: 'the TLS handshake failed: tlsv1 alert protocol version',
      hint: expect.stringContaining('TLS 1.2 or 1.3 is needed'),
    });
  });

  test('a missing client certificate and a server without TLS are what they are with OpenSSL', () => {
    expect(handshake(BORING.certificateRequired)?.kind).toBe('client-refused');
    expect(handshake(BORING.notTls)?.kind).toBe('not-tls');
  });
});

test.each([
  [BORING.encryptedKey, 'the key is encrypted', 'openssl pkey'],
  [BORING.otherCurve, 'does not know the kind of key', 'P-256'],
  [BORING.otherAlgorithm, 'does not know the kind of key', 'P-256'],
  [BORING.noPair, 'certificate and key are no pair', 'the same login'],
  [BORING.noPem, 'it is damaged', 'a whole PEM'],
])('BoringSSL, before connecting: %s', (words, reason, hint) => {
  for (const code of ['', 'ERR_OSSL_ANY']) {
    expect(explainTlsWords(words, code)).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining(reason),
      hint: expect.stringContaining(hint),
    });
  }
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('files that Node’s own OpenSSL refuses', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubereel-keys-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function refusal(options: SecureContextOptions): ReturnType<typeof explainTlsWords> {
    try {
      createSecureContext(options);
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      return explainTlsWords(message, code ?? '');
    }
    throw new Error('it was taken');
  }

  function makePair(name: string, bits: number): { readonly cert: Buffer; readonly key: Buffer } {
    const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
    const request = ['req', '-x509', '-newkey', `rsa:${bits}`, '-nodes', '-subj', '/CN=x', '-days', '1'];
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { cert: readFileSync(cert), key: readFileSync(key) };
  }

  test('an encrypted key, no pair, a short key and no PEM are told apart', () => {
    const [one, other, short] = [makePair('one', 2048), makePair('other', 2048), makePair('short', 512)];
    const encrypted = execFileSync(
      'openssl',
      ['pkey', '-in', join(folder, 'one.key'), '-aes256', '-passout', 'pass:x'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    expect(refusal({ cert: one.cert, key: encrypted })?.reason).toBe('the key is encrypted');
    expect(refusal({ cert: one.cert, key: other.key })?.reason).toBe('certificate and key are no pair');
    expect(refusal(short)?.reason).toBe('its key is too short to prove anything');
    expect(refusal({ cert: 'none', key: one.key })?.reason).toBe('it is damaged');
  });
});

test('the words of others are nobody’s of a TLS library', async () => {
  await fc.assert(
    fc.property(fc.string(), (words) => {
      fc.pre(!/error:/i.test(words));
      expect(explainTlsWords(words, 'ECONNRESET')).toBeUndefined();
    }),
  );
});

test('whatever a server makes the library say is answered', async () => {
  const piece = fc.constantFrom(
    'error:',
    '0A00010B',
    ':',
    'SSL routines',
    '\n',
    'OPENSSL_internal',
    'x',
    ' ',
  );
  await fc.assert(
    fc.property(fc.array(piece, { maxLength: 400 }), (pieces) => {
      explainTlsWords(pieces.join(''), 'EPROTO');
    }),
  );
});
