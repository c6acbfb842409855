/** How git gets to a remote: which addresses, with which logins (`carry-login.ts` brings them there). */
import { hasPassword, withoutSecrets } from '../../shared/domain/secrets.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Secrets } from './carry-login.ts';
import { askGit } from './git-process.ts';
import type { GitSettingsNow } from './git-settings.ts';

export type Login = { username: string; password: string };

/** What Skein itself was told; `origin` is like `https://host:8443`. */
export type Credentials = {
  find(origin: string): Promise<(Login & { place: 'keychain' | 'file' }) | undefined>;
};

export type RemoteAccess = {
  /** Without secrets; of several the first. */
  address: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  carries: Secrets;
  /** What must stand in no text. */
  secrets: string[];
  /** In words, for the log. */
  way: string;
};

type Deeds = 'fetch' | 'push';

/** A remote of the repository at `top`, and what git's settings say there. */
export type Remote = { top: string; settings: GitSettingsNow; name: string };

/** Undefined when the repository knows no remote of this name. */
export async function addressOfRemote(remote: Remote): Promise<string | undefined> {
  const [address] = await addressesOf(remote, 'fetch');
  return address && withoutSecrets(address.effective);
}

/**
 * Undefined as above. A push goes to every address of the remote, and a fetch comes from the first. Fails for one with a
 * password that we could not keep out of the list of processes.
 */
export async function accessTo(
  remote: Remote,
  deed: Deeds,
  credentials: Credentials,
): Promise<Result<RemoteAccess | undefined>> {
  const addresses = await addressesOf(remote, deed);
  const [first] = addresses;
  if (first === undefined) return ok(undefined);
  const web: WebAddress[] = [];
  for (const address of addresses) {
    const found = await webAddress(address, credentials);
    // A login can be hidden, and nothing else.
    const shown = found[0]?.clean ?? address.effective;
    if (hasPassword(shown)) return err(isExposed(remote.name, address));
    web.push(...found);
  }
  const [firstWeb] = web.filter(({ effective }) => effective === first.effective);
  const isAllWeb = web.length === addresses.length;
  return ok({
    address: withoutSecrets(firstWeb?.clean ?? first.effective),
    args: web.length > 0 ? slowness : [],
    env: isAllWeb ? {} : sshSettings(remote.settings),
    carries: { logins: loginsOf(web), settings: web.flatMap((it) => hiding(it, scopeOf(it, web))) },
    secrets: web.flatMap(({ login, named }) => [login, named].flatMap((it) => it?.password || [])),
    way: firstWeb === undefined ? plainWay(first.effective) : wayOf(firstWeb),
  });
}

/** Git gives such an address to a program as it is. */
const isExposed = (name: string, { effective }: Address): Problem =>
  problem(
    'remote-refused',
    name,
    `${name} (${withoutSecrets(effective)}) has a password in its address, which every user of this machine could read in the list of processes; nothing was asked of it.`,
    'Take it out with `git remote set-url`. Over plain https Skein carries a login itself (`skein git token set`); ssh has keys, and others may read ~/.netrc.',
  );

const slowness = ['-c', 'http.lowSpeedLimit=100', '-c', `http.lowSpeedTime=${limits.gitSlowSeconds}`];

function plainWay(address: string): string {
  const isPath = /^(?:file:\/\/|[./\\]|[a-z]:[\\/])/i.test(address);
  return isPath ? 'as files of this machine' : 'with the keys that ssh has';
}

function wayOf({ known, named }: WebAddress): string {
  if (known === 'keychain') return 'with the token of the settings, from the keychain';
  if (known === 'file') return 'with the token of the settings, from its file';
  return named?.password ? 'with the login in its address' : 'with the login that git itself finds';
}

/** `written` as it stands in the settings, `effective` as git will use it: `insteadOf` is done. */
type Address = { written: string; effective: string };

async function addressesOf({ top, settings, name }: Remote, deed: Deeds): Promise<Address[]> {
  const read = (key: string): string[] => settings.all(`remote.${name}.${key}`).filter(Boolean);
  const pushed = deed === 'push' ? read('pushurl') : [];
  const written = pushed.length > 0 ? pushed : read('url');
  // A name that is in no settings never becomes an argument.
  if (written.length === 0) return [];
  const isAsWritten = !settings.has(/^url\..*\.(push)?insteadof$/s);
  if (isAsWritten) return written.map((address) => ({ written: address, effective: address }));
  const how = deed === 'push' ? ['--push', '--all'] : [];
  const printed = (await askGit(top, ['remote', 'get-url', ...how, '--', name])) ?? '';
  const effective = printed.split('\n').filter(Boolean);
  return effective.map((address, index) => ({ effective: address, written: written[index] ?? address }));
}

/** Over http: `named` is the login in the address, `login` the one that is used, and `known` where that is from. */
type WebAddress = Address & {
  clean: string;
  origin: string;
  named: Login | undefined;
  login: Login | undefined;
  known: 'keychain' | 'file' | undefined;
};

/** None for an address that is no http. */
async function webAddress(address: Address, credentials: Credentials): Promise<WebAddress[]> {
  const { effective } = address;
  const web = /^https?:\/\//i.test(effective) ? URL.parse(effective) : null;
  if (web === null) return [];
  const named = loginIn(web);
  const kept = await credentials.find(web.origin);
  const login = kept ?? (named?.password ? named : undefined);
  return [{ ...address, named, login, known: kept?.place, origin: web.origin, clean: hideLogin(web) }];
}

const loginsOf = (web: readonly WebAddress[]): Map<string, Login> =>
  new Map(web.flatMap((it) => (it.login === undefined ? [] : [[scopeOf(it, web), it.login] as const])));

/** Where a login counts: everywhere at its origin, unless another address there has another one. */
function scopeOf({ origin, clean }: WebAddress, web: readonly WebAddress[]): string {
  const there = web.filter((it) => it.origin === origin);
  const different = new Set(there.map(({ login, named }) => JSON.stringify(login ?? named)));
  return different.size > 1 ? clean : origin;
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

/** Git gives the address to a helper as an argument, where every user sees it: so it gets one without the login. */
function hiding({ written, clean, named, login }: WebAddress, scope: string): [string, string][] {
  if (named === undefined) return [];
  const settings: [string, string][] = [
    [`url.${clean}.insteadOf`, written],
    [`url.${clean}.pushInsteadOf`, written],
  ];
  if (login === undefined) settings.push([`credential.${scope}.username`, named.username]);
  return settings;
}

/** Who set up ssh has reasons; otherwise it asks nothing, for nobody would answer. */
function sshSettings(settings: GitSettingsNow): NodeJS.ProcessEnv {
  const isSet =
    process.env['GIT_SSH_COMMAND'] || process.env['GIT_SSH'] || settings.get('core.sshcommand')?.trim();
  return isSet ? {} : { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' };
}
