import { type FuseConfig, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';

/** What Electron's binary may do. All are named, so that one that a new Electron adds fails the build. */
export const FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // Nobody makes the app run other code with its name and its keychain.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.EnableCookieEncryption]: true,
  // The page has a scheme of its own.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
} satisfies FuseConfig;

/** As Electron writes them: `0` and `1`. */
const WIRE_ON = 49;

/** What is set otherwise in a binary, in words; empty where all is as it should be. */
export async function findFuseFaults(binary: string): Promise<readonly string[]> {
  const wire: Readonly<Record<string, unknown>> = { ...(await getCurrentFuseWire(binary)) };
  return Object.entries(FUSES)
    .filter(([key]) => /^\d+$/.test(key))
    .filter(([key, isOn]) => (wire[key] === WIRE_ON) !== isOn)
    .map(([key, isOn]) => `fuse ${FuseV1Options[Number(key)]} is not ${isOn ? 'on' : 'off'}`);
}
