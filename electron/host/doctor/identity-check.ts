/** Whether this device's identity is its own, and its owner's only. */
import { lstat } from 'node:fs/promises';
import { identityFile, isIdentityCopied } from '../peers/identity.ts';
import { readMachineFact } from '../peers/machine-fact.ts';
import { type Check, passed, warning } from './check.ts';

export const identityCheckName = 'identity';
const name = identityCheckName;

export async function checkIdentity(dataFolder: string): Promise<Check> {
  const file = identityFile(dataFolder);
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) return passed(name, 'There is no identity yet; the first start makes one.');
  if (await isIdentityCopied(dataFolder, await readMachineFact(process.platform))) {
    return warning(
      name,
      'The data folder came from another machine, and with it the identity of that device.',
      'The next start, or `skein doctor --mend`, makes a new one; then pair this machine with your other devices: skein pair',
      true,
    );
  }
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return warning(
      name,
      `Other users of this machine can read ${file}, and so pass for this device.`,
      'The next start of Skein leaves it to you alone.',
    );
  }
  return passed(name, 'This device has an identity of its own, which only you can read.');
}
