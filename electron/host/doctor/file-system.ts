/** On what kind of disk a folder lies. */
import { readFile } from 'node:fs/promises';

/** Kinds that other machines write to without telling ours. `9p` and `drvfs` are Windows disks seen from WSL. */
const networkKinds =
  /^(nfs\d?|cifs|smb\d?|smbfs|9p|v9fs|drvfs|afs|ceph|glusterfs|davfs|vboxsf|fuse\.(sshfs|.*hgfs.*|rclone|davfs2|s3fs|gcsfuse))$/;

export const isNetwork = (kind: string): boolean => networkKinds.test(kind);

/** The kind by the kernel's name (`ext4`, `nfs4`) for a real path; undefined where the system does not tell. */
export async function findFileSystem(
  realFolder: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  if (platform === 'win32') return realFolder.startsWith('\\\\') ? 'smb' : undefined;
  if (platform !== 'linux') return undefined;
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return kindInTable(table, realFolder);
}

/** The kind of the mount that holds the folder: the longest mount point, of equal ones the later, wins. */
export function kindInTable(table: string, realFolder: string): string | undefined {
  let best: { point: string; kind: string | undefined } | undefined;
  for (const line of table.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = unescapeMount(before.split(' ')[4]);
    if (point === undefined || !holds(point, realFolder)) continue;
    if (best === undefined || point.length >= best.point.length) best = { point, kind: after.split(' ')[0] };
  }
  return best?.kind;
}

const holds = (point: string, folder: string) =>
  point === '/' || folder === point || folder.startsWith(`${point}/`);

/** The kernel writes a blank as `\040`. */
const unescapeMount = (point: string | undefined) =>
  point?.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
