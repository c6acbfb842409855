import { readFileSync } from 'node:fs';

/**
 * File systems whose changes from elsewhere the kernel cannot report: network disks, folders shared with a
 * virtual machine or container, and Windows disks inside WSL.
 */
const remoteType =
  /^(nfs\d?|cifs|smb\w*|9p|drvfs|afs|ceph|lustre|glusterfs|gfs2|ocfs2|vboxsf|virtiofs|prl_fs|fakeowner|fuse\.(sshfs|rclone|grpcfuse|davfs2?|glusterfs|s3fs|gcsfuse|cephfs|vmhgfs-fuse|gvfsd-fuse|osxfs))$/;

/** True when the folder (absolute, real) lies on a disk that cannot tell of every change. Never fails. */
export function isOnRemoteMount(folder: string): boolean {
  if (process.platform === 'win32') return folder.startsWith('\\\\');
  if (process.platform !== 'linux') return false;
  try {
    return remoteType.test(mountTypeOf(readFileSync('/proc/mounts', 'utf8'), folder));
  } catch {
    return false;
  }
}

/** The type of the file system at a folder, by the text of /proc/mounts; '' when none fits. */
export function mountTypeOf(mounts: string, folder: string): string {
  let best = { point: '', type: '' };
  for (const line of mounts.split('\n')) {
    const [, escaped = '', type = ''] = line.split(' ');
    const point = unescapeOctal(escaped);
    const inside = point === '/' || folder === point || folder.startsWith(`${point}/`);
    // Of two mounts on one point the later one is seen.
    if (inside && point !== '' && point.length >= best.point.length) best = { point, type };
  }
  return best.type;
}

/** /proc/mounts writes space, tab, newline and backslash as octal; its bytes are UTF-8. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
