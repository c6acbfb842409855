/** Which embedder this device uses: chosen by its user, checked before it counts, and never by a workspace. */
import {
  builtinChoice,
  type ChosenServer,
  type EmbedderChoice,
  embedderChoiceShape,
  hostOf,
  isOnThisMachine,
  isServer,
  type ServerWish,
} from '../../../shared/domain/knowledge/embedder-choice.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { checkEmbedder } from '../../adapters/check-embedder.ts';
import type { Clock } from '../../engine/ports.ts';
import type { SettingsStore } from '../host-settings.ts';
import { checkPatterns } from '../peers/partial.ts';
import type { EmbedderKey, EmbedderKeys, KeySource } from './embedder-keys.ts';
import type { EmbedderPlan } from './open-embedder.ts';

export type EmbedderState = {
  choice: EmbedderChoice;
  /** Of the server that is chosen. */
  key: KeySource;
  /** Origins of the servers that a key is kept for. */
  keptFor: readonly string[];
  /** Where the next key is kept, and why not in the keychain. */
  place: EmbedderKeys['place'];
  reason: string | null;
};

/** What a check found of a server, which need not be the one that is chosen. */
export type CheckOutcome = { dimensions: number; version: string | null; key: KeySource };

export type EmbedderSettings = {
  state(): EmbedderState;
  /** Sends the server two made-up sentences, and nothing of any note. */
  check(wish: ServerWish): Promise<Result<CheckOutcome>>;
  /**
   * From then on it embeds the notes of every workspace, beside the indexes that serve. `agreed` names the host that
   * gets their text. Fails as the check does, and with `no-permission` where that is another machine nobody agreed to.
   */
  choose(wish: ServerWish | { kind: 'builtin' }, agreed: string | undefined): Promise<Result<EmbedderState>>;
  keepKey(url: string, key: string): Promise<Result<EmbedderState>>;
  /** False when none was kept. */
  forgetKey(url: string): Promise<Result<boolean>>;
};

export type EmbedderOfHost = EmbedderSettings & {
  /** For the indexes of one workspace; `only` are patterns besides those of the user. */
  plan(only: () => EmbedderPlan['only']): EmbedderPlan;
  /** The patterns of the user for a server on another machine; empty means all. */
  only(): readonly string[];
};

type Deps = { settings: SettingsStore; keys: EmbedderKeys; clock: Clock; changed(): void };

const noKey: EmbedderKey = { source: { from: 'none' }, key: ok(undefined) };

/** Resolves when the key of the chosen server was looked for. */
export async function openEmbedderSettings(deps: Deps): Promise<EmbedderOfHost> {
  const { settings, keys, changed } = deps;
  const current = (): EmbedderChoice => settings.current().embedder;
  const find = async (choice: EmbedderChoice): Promise<EmbedderKey> =>
    isServer(choice) ? keys.find(choice) : noKey;
  const originsOf = async (): Promise<string[]> => {
    const listed = await keys.list();
    return listed.ok ? listed.value.map(({ origin }) => origin) : [];
  };
  let key = await find(current());
  let keptFor = await originsOf();
  const state = (): EmbedderState => ({
    choice: current(),
    key: key.source,
    keptFor,
    place: keys.place,
    reason: keys.reason,
  });
  async function renew(): Promise<EmbedderState> {
    key = await find(current());
    keptFor = await originsOf();
    changed();
    return state();
  }
  return {
    state,
    check: (wish) => check(deps, wish),
    async choose(wish, agreed) {
      const choice = wish.kind === 'builtin' ? ok(builtinChoice) : await learn(deps, wish, agreed);
      if (!choice.ok) return choice;
      const written = await settings.change((it) => ({ ...it, embedder: choice.value }));
      return written.ok ? ok(await renew()) : written;
    },
    async keepKey(url, text) {
      const kept = await keys.keep(url, text);
      return kept.ok ? ok(await renew()) : kept;
    },
    async forgetKey(url) {
      const forgotten = await keys.forget(url);
      if (forgotten.ok) await renew();
      return forgotten;
    },
    only() {
      const choice = current();
      return isServer(choice) && !isOnThisMachine(choice.url) ? choice.only : [];
    },
    plan(only) {
      const choice = current();
      if (!isServer(choice) || isOnThisMachine(choice.url)) return { choice, key: key.key, only: [] };
      return { choice, key: key.key, only: [choice.only, ...only()] };
    },
  };
}

async function check({ keys, clock }: Deps, wish: ServerWish): Promise<Result<CheckOutcome>> {
  const { source, key } = await keys.find(wish);
  if (!key.ok) return key;
  const found = await checkEmbedder(wish, { key: key.value, clock, signal: new AbortController().signal });
  return found.ok ? ok({ ...found.value, key: source }) : found;
}

async function learn(
  deps: Deps,
  wish: ServerWish,
  agreed: string | undefined,
): Promise<Result<EmbedderChoice>> {
  const bad = checkPatterns(wish.only);
  if (bad !== undefined) return err(bad);
  const host = hostOf(wish.url);
  if (!isOnThisMachine(wish.url) && agreed !== host) return err(notAgreed(host));
  const found = await check(deps, wish);
  if (!found.ok) return found;
  const { dimensions, version } = found.value;
  const chosen: ChosenServer = { ...wish, dimensions, version };
  return ok(embedderChoiceShape.parse(chosen));
}

const notAgreed = (host: string): Problem =>
  problem(
    'no-permission',
    host,
    `The text of your notes, and what you search for, would leave this device for ${host}; nobody agreed to that.`,
    'If it may, say so: on the Settings screen, or with `skein knowledge embedder … --yes`.',
  );
