/**
 * How git gets to a remote: which address, with which login. Nothing secret is an argument of a process: it stands in
 * the environment, which only the same user can read.
 */

import { withoutSecrets } from '../../shared/domain/secrets.ts';
import { limits } from '../../shared/limits.ts';
import { askGit } from './git-process.ts';

export type Login = { username: string; password: string };

/** What Skein itself was told; `origin` is like `https://host:8443`. */
export type Credentials = {
  find(origin: string): Promise<(Login & { place: 'keychain' | 'file' }) | undefined>;
};

export type RemoteAccess = {
  /** Without secrets. */
  address: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  secrets: string[];
  /** In words, for the log. */
  way: string;
};

type Deeds = 'fetch' | 'push';

/** Undefined when the repository knows no remote of this name. */
export async function addressOfRemote(folder: string, remote: string): Promise<string | undefined> {
  const address = await effectiveAddress(folder, remote, 'fetch');
  return address && withoutSecrets(address);
}

/** Undefined as above. */
export async function accessTo(
  folder: string,
  remote: string,
  deed: Deeds,
  credentials: Credentials,
): Promise<RemoteAccess | undefined> {
  const effective = await effectiveAddress(folder, remote, deed);
  const written = await writtenAddress(folder, remote, deed);
  if (effective === undefined || written === undefined) return undefined;
  const web = webAddress(effective);
  if (web === undefined) return plainAccess(effective, await sshSettings(folder));
  const named = loginIn(web);
  const known = await credentials.find(web.origin);
  const login = known ?? (named?.password ? named : undefined);
  const clean = hideLogin(web);
  return {
    address: withoutSecrets(clean),
    args: [...slowness, ...(login === undefined ? [] : ownHelper(web.origin))],
    env: { ...loginEnvironment(login), ...hiding({ written, effective, clean, web, named, login }) },
    secrets: [login, named].flatMap((it) => (it?.password ? [it.password] : [])),
    way: wayOf(known?.place, named),
  };
}

const slowness = ['-c', 'http.lowSpeedLimit=100', '-c', `http.lowSpeedTime=${limits.gitSlowSeconds}`];

function plainAccess(effective: string, env: NodeJS.ProcessEnv): RemoteAccess {
  const isPath = /^(?:file:\/\/|[./\\]|[a-z]:[\\/])/i.test(effective);
  const way = isPath ? 'as files of this machine' : 'with the keys that ssh has';
  return { address: withoutSecrets(effective), args: [], env, secrets: [], way };
}

function wayOf(known: 'keychain' | 'file' | undefined, named: Login | undefined): string {
  if (known === 'keychain') return 'with the token of the settings, from the keychain';
  if (known === 'file') return 'with the token of the settings, from its file';
  return named?.password ? 'with the login in its address' : 'with the login that git itself finds';
}

const ask = (folder: string, ...question: string[]) => askGit(folder, question);

/** As git will use it: `insteadOf` is done. */
async function effectiveAddress(folder: string, remote: string, deed: Deeds): Promise<string | undefined> {
  // A name that is in no settings never becomes an argument.
  if ((await writtenAddress(folder, remote, deed)) === undefined) return undefined;
  const push = deed === 'push' ? ['--push'] : [];
  return oneLine(await ask(folder, 'remote', 'get-url', ...push, '--', remote));
}

/** As it stands in the settings. */
async function writtenAddress(folder: string, remote: string, deed: Deeds): Promise<string | undefined> {
  const read = async (key: string) =>
    (await ask(folder, 'config', '-z', '--get-all', `remote.${remote}.${key}`))?.split('\0')[0] || undefined;
  return (deed === 'push' ? await read('pushurl') : undefined) ?? (await read('url'));
}

const oneLine = (printed: string | undefined): string | undefined => printed?.split('\n')[0] || undefined;

function webAddress(address: string): URL | undefined {
  if (!/^https?:\/\//i.test(address)) return undefined;
  return URL.parse(address) ?? undefined;
}

function loginIn({ username, password }: URL): Login | undefined {
  if (username === '' && password === '') return undefined;
  return { username: decoded(username), password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hideLogin(web: URL): string {
  const clean = new URL(web);
  clean.username = '';
  clean.password = '';
  return clean.href;
}

/**
 * Answers only for this origin, so that who is sent elsewhere takes nothing along. The helpers of the user are left
 * out: they would be asked first, and told to keep what is ours.
 */
const ownHelper = (origin: string): string[] => [
  '-c',
  'credential.helper=',
  '-c',
  `credential.${origin}.helper=!f() { test "$1" = get || exit 0; printf 'username=%s\\npassword=%s\\n' "$SKEIN_GIT_USERNAME" "$SKEIN_GIT_PASSWORD"; }; f`,
];

const loginEnvironment = (login: Login | undefined): NodeJS.ProcessEnv =>
  login === undefined ? {} : { SKEIN_GIT_USERNAME: login.username, SKEIN_GIT_PASSWORD: login.password };

type Hidden = {
  written: string;
  effective: string;
  clean: string;
  web: URL;
  named: Login | undefined;
  login: Login | undefined;
};

/** Git gives the address to a helper as an argument, where every user sees it: so it gets one without the login. */
function hiding({ written, clean, web, named, login }: Hidden): NodeJS.ProcessEnv {
  if (named === undefined) return {};
  const settings: [string, string][] = [
    [`url.${clean}.insteadOf`, written],
    [`url.${clean}.pushInsteadOf`, written],
  ];
  if (login === undefined) settings.push([`credential.${web.origin}.username`, named.username]);
  return asEnvironment(settings);
}

/** Besides the settings that the user gives in this way. */
function asEnvironment(settings: readonly [string, string][]): NodeJS.ProcessEnv {
  const before = Number(process.env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const each = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${before + index}`, key],
    [`GIT_CONFIG_VALUE_${before + index}`, value],
  ]);
  return { ...Object.fromEntries(each), GIT_CONFIG_COUNT: String(before + settings.length) };
}

/** Who set up ssh has reasons; otherwise it asks nothing, for nobody would answer. */
async function sshSettings(folder: string): Promise<NodeJS.ProcessEnv> {
  const isSet = process.env['GIT_SSH_COMMAND'] || process.env['GIT_SSH'];
  if (isSet || oneLine(await ask(folder, 'config', '--get', 'core.sshCommand'))) return {};
  return { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' };
}
