/**
 * What is meant by the words of a TLS library: OpenSSL's in Node, BoringSSL's in Electron. Both write
 * `error:CODE:LIBRARY:FUNCTION:REASON`, one in small letters and one in capitals; the reasons are mostly the same.
 */
export interface TlsTrouble {
  /**
   * `not-tls`: what listens there speaks something else. `client-refused`: the server does not accept our certificate.
   * `unreadable`: nothing was sent, since a certificate or key that we were given cannot be used. `handshake`: all else.
   */
  readonly kind: 'not-tls' | 'client-refused' | 'unreadable' | 'handshake';
  readonly reason: string;
  readonly hint: string;
}

interface Meaning {
  /** Of a reason in small letters, with blanks. */
  readonly pattern: RegExp;
  readonly reason: string;
  readonly hint: string;
}

const WORDS = /error:[\da-f]{8}:[^:\n]*:([^:\n]*):([^:\n]+)/gi;
/** BoringSSL names no functions. */
const BORINGSSL = 'OPENSSL_internal';
const NOT_TLS = /^(wrong version number|packet length too long|http request)$/;
/** TLS alerts by which a server refuses our client certificate, or its absence. */
const CLIENT_REFUSED =
  /alert (certificate required|bad certificate|unknown ca|certificate expired|certificate unknown|certificate revoked|access denied)$/;
/** Thrown while the context is made: the message is the error itself, and no connection's. */
const BEFORE_CONNECTING = /^error:/i;
const UNREADABLE_CODE = /^ERR_OSSL_|^ERR_CRYPTO_/;

const OUTSIDE_THE_APP = 'kubectl and the kubereel command, whose TLS library takes more, may still connect.';

const OF_OUR_FILES: readonly Meaning[] = [
  {
    pattern: /^(bad password read|bad decrypt|interrupted or cancelled)$/,
    reason: 'the key is encrypted',
    hint: 'Store it decrypted, as kubectl needs it as well: `openssl pkey -in KEY` asks for its password and prints it.',
  },
  {
    pattern: /^key (values|type) mismatch$/,
    reason: 'certificate and key are no pair',
    hint: 'Take client-certificate and client-key from the same login.',
  },
  {
    pattern: /^(unknown group|unsupported algorithm|wrong curve)$/,
    reason: 'the TLS library of the desktop app does not know the kind of key',
    hint: `Have it issued with RSA of 2048 bits or more, P-256 or P-384. ${OUTSIDE_THE_APP}`,
  },
  {
    pattern: /^(ee|ca) key too small$/,
    reason: 'its key is too short to prove anything',
    hint: 'Have it issued with RSA of 2048 bits or more, or P-256.',
  },
];

const OF_A_HANDSHAKE: readonly Meaning[] = [
  {
    pattern: /^key usage bit incorrect$/,
    reason:
      'its certificate does not allow its key to sign (the key usage digitalSignature is missing), which the TLS library of the desktop app insists on',
    hint: `Have the server’s certificate issued with the key usages digitalSignature and keyEncipherment. ${OUTSIDE_THE_APP}`,
  },
  {
    pattern: /^(unknown group|unsupported algorithm|wrong curve|cannot parse leaf cert|bad ecc cert)$/,
    reason: 'its certificate is of a kind that the TLS library of the desktop app cannot read',
    hint: `Have it issued with RSA, P-256 or P-384. ${OUTSIDE_THE_APP}`,
  },
];

const OF_A_HANDSHAKE_IN_ELECTRON: readonly Meaning[] = [
  {
    pattern: /alert handshake failure$|^(no shared cipher|no common signature algorithms)$/,
    reason:
      'it found no cipher, curve or signature in common with the TLS library of the desktop app, or wants a client certificate',
    hint: `Ciphers with forward secrecy, and RSA, P-256 or P-384 certificates, are what both have. ${OUTSIDE_THE_APP}`,
  },
];

/** Undefined where the words are not a TLS library's. `code` is the error's own, such as `ERR_OSSL_UNSUPPORTED`. */
export function explainTlsWords(words: string, code: string): TlsTrouble | undefined {
  const found = [...words.matchAll(WORDS)];
  const reasons = found.map(([, , reason = '']) => reason.toLowerCase().replaceAll('_', ' ').trim());
  const isBoring = found.some(([, source]) => source === BORINGSSL);
  if (UNREADABLE_CODE.test(code) || BEFORE_CONNECTING.test(words)) return explainFile(reasons);
  const [first] = reasons;
  if (first === undefined) return undefined;
  if (reasons.some((reason) => NOT_TLS.test(reason))) {
    return {
      kind: 'not-tls',
      reason: 'what listens there does not speak TLS',
      hint: 'Check scheme and port of the server in the kubeconfig.',
    };
  }
  if (reasons.some((reason) => CLIENT_REFUSED.test(reason))) {
    return {
      kind: 'client-refused',
      reason: `the TLS handshake failed: ${first}`,
      hint: 'The certificate in the kubeconfig is missing, expired or from another authority: log in again.',
    };
  }
  const known = isBoring ? [...OF_A_HANDSHAKE, ...OF_A_HANDSHAKE_IN_ELECTRON] : OF_A_HANDSHAKE;
  const meaning = findMeaning(known, reasons);
  return {
    kind: 'handshake',
    reason: `the TLS handshake failed: ${meaning?.reason ?? first}`,
    hint:
      meaning?.hint ??
      'TLS 1.2 or 1.3 is needed on both sides; some servers end it here where they want a client certificate.',
  };
}

function explainFile(reasons: readonly string[]): TlsTrouble {
  const meaning = findMeaning(OF_OUR_FILES, reasons);
  return {
    kind: 'unreadable',
    reason: meaning?.reason ?? 'it is damaged',
    hint:
      meaning?.hint ??
      'Check certificate-authority, client-certificate and client-key: each has to be a whole PEM, and the last two a pair.',
  };
}

function findMeaning(known: readonly Meaning[], reasons: readonly string[]): Meaning | undefined {
  return known.find(({ pattern }) => reasons.some((reason) => pattern.test(reason)));
}
