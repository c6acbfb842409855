/**
 * Which machine this is, as far as the system knows. Kept beside the device's key, it tells a data folder that was
 * copied to another machine, so that two machines never pass for one device.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { limits } from '../../../shared/limits.ts';

/** A digest, because the system's own id is nobody else's business; undefined where the system has none. */
export async function readMachineFact(platform: NodeJS.Platform): Promise<string | undefined> {
  const id = await readers[platform]?.().catch(() => undefined);
  if (id === undefined || id.trim() === '') return undefined;
  return createHash('sha256').update(`skein machine\0${id.trim().toLowerCase()}`).digest('hex').slice(0, 32);
}

const readers: Partial<Record<NodeJS.Platform, () => Promise<string | undefined>>> = {
  linux: () => readFile('/etc/machine-id', 'utf8').catch(() => readFile('/var/lib/dbus/machine-id', 'utf8')),
  darwin: async () =>
    /"IOPlatformUUID" = "([^"]+)"/.exec(await run('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']))?.[1],
  win32: async () =>
    /MachineGuid\s+REG_SZ\s+(\S+)/.exec(
      await run('reg', ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid']),
    )?.[1],
};

async function run(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], { timeout: limits.machineFactMs });
  return stdout;
}
