/**
 * Paths from outside are hostile (DESIGN rule 8). A path that passes here is relative, stays inside the
 * workspace, can exist on every system that Skein runs on, and cannot reach `.git` under any of its spellings.
 * The spellings of `.git` are those that git itself refuses (its `is_hfs_dotgit` and `is_ntfs_dotgit`).
 */
import { limits } from '../limits.ts';
import { err, ok, problem, type Result } from '../result.ts';

/** A rule about one text, the whole path or one name in it, and what is wrong when it applies. */
type Refusal = { applies(text: string): boolean; why: string };

const pathRefusals: readonly Refusal[] = [
  { applies: (path) => path === '', why: 'it is empty' },
  {
    applies: (path) => path.length > limits.pathCharacters,
    why: `it is longer than ${limits.pathCharacters} characters`,
  },
  { applies: (path) => !path.isWellFormed(), why: 'it holds half a character' },
  {
    applies: (path) => /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(path),
    why: 'it holds control characters',
  },
  { applies: (path) => path.includes('\\'), why: 'it holds a backslash; folders are separated by "/"' },
  { applies: (path) => path.startsWith('/'), why: 'it is absolute, not relative to the workspace' },
  { applies: (path) => path.includes(':'), why: 'it holds a colon, which names a drive or a hidden stream' },
  {
    applies: (path) => path.split('/').length > limits.folderDepth,
    why: `it is more than ${limits.folderDepth} folders deep`,
  },
];

/** Names that lead elsewhere than they say, on every system. */
const strayNames: readonly Refusal[] = [
  { applies: (name) => name === '', why: 'it holds an empty name' },
  { applies: (name) => name === '..', why: 'it leaves its folder by ".."' },
  { applies: (name) => name === '.', why: 'it holds the name "."' },
  { applies: isGitFolder, why: "it reaches into git's own folder" },
];

/** Names that some system cannot have, or takes for another name. */
const unportableNames: readonly Refusal[] = [
  { applies: (name) => /[. ]$/.test(name), why: 'a name in it ends in a dot or a space' },
  { applies: isReservedOnWindows, why: 'a name in it is reserved by Windows' },
];

/**
 * Returns the path in Unicode form NFC, or fails with `hostile-path`, naming the path and the reason.
 * Says nothing about whether the path is tracked or exists.
 */
export function checkNotePath(path: string): Result<string> {
  const broken = pathRefusals.find((refusal) => refusal.applies(path));
  const refused = broken ?? refusalOfName(path, [...strayNames, ...unportableNames]);
  return refused === undefined ? ok(path.normalize('NFC')) : err(hostile(path, refused.why));
}

/**
 * The rule for a path under which a file lay in this workspace. Its disk had that name, whatever other systems say
 * to it, so only what leads out of the workspace or into git's own folder is refused. Returns the path as it is.
 */
export function checkOwnPath(path: string): Result<string> {
  const refused = refusalOfName(path, strayNames);
  return refused === undefined ? ok(path) : err(hostile(path, refused.why));
}

/** The rule that the first bad name in the path breaks. */
function refusalOfName(path: string, rules: readonly Refusal[]): Refusal | undefined {
  for (const name of path.split('/')) {
    const refused = rules.find((rule) => rule.applies(name));
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/**
 * The key under which two spellings of a path are one name on a disk that ignores case and Unicode form.
 * Follows Unicode's full case folding, by way of lower and upper case: lower first because capital sharp s has
 * no upper case of its own, and dotless i left alone because folding does not join it with i.
 */
export function foldPath(path: string): string {
  const upper = path
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^ı]+/gu, (part) => part.toUpperCase());
  return upper.normalize('NFC');
}

function isGitFolder(name: string): boolean {
  // On Windows a backslash begins another name; git refuses it everywhere.
  if (name.includes('\\')) return name.split('\\').some(isGitFolder);
  // No spelling of it begins with another letter of ASCII, and nearly every name does.
  if (/^[^.gG\u0080-\uffff]/.test(name)) return false;
  const visible = name.replace(/\p{Cf}/gu, '').toLowerCase();
  // What follows a colon names a stream of the same file.
  return /^(?:\.git|git~\d+)[. ]*(?::|$)/.test(visible);
}

function isReservedOnWindows(name: string): boolean {
  if (!/^[acnlp]/i.test(name)) return false;
  const stem = name.replace(/\..*$/s, '').trimEnd();
  return /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/iu.test(stem);
}

function hostile(path: string, why: string) {
  const shown = path.length > 80 ? `${path.slice(0, 80)}…` : path;
  return problem(
    'hostile-path',
    shown,
    `The path ${JSON.stringify(shown)} is refused: ${why}.`,
    'Give a path below the workspace folder, such as docs/notes.md.',
  );
}
