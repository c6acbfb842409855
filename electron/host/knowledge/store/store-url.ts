/** Which addresses of stores may be set, and how they are shown. */
import {
  exampleUrlByStore,
  type ServerStore,
  type StoreKind,
} from '../../../../shared/domain/knowledge/store-choice.ts';
import { err, ok, type Problem, problem, type Result } from '../../../../shared/result.ts';

/** The variable that may name the address, then also with a password. */
export const storeUrlVariable = 'KNOWLEDGE_STORE_URL';

type Rule = { protocols: readonly string[]; parameters: readonly string[] };

const ruleByKind: Readonly<Record<ServerStore['kind'], Rule>> = {
  chroma: {
    protocols: ['http:', 'https:'],
    parameters: ['tenant', 'database'],
  },
  pgvector: {
    protocols: ['postgres:', 'postgresql:'],
    parameters: ['sslmode'],
  },
};

/** Fails with `bad-input`; what it says never holds a password. */
export function checkStoreUrl(kind: ServerStore['kind'], text: string): Result<string> {
  const { protocols, parameters } = ruleByKind[kind];
  if (!URL.canParse(text)) return err(noAddress(kind));
  const url = new URL(text);
  if (!protocols.includes(url.protocol) || url.hostname === '' || url.hash !== '')
    return err(noAddress(kind));
  if (url.password !== '' || (kind === 'chroma' && url.username !== '')) return err(holdsLogin(kind));
  const unknown = [...url.searchParams.keys()].find((key) => !parameters.includes(key));
  return unknown === undefined ? ok(url.href) : err(noParameter(kind, parameters));
}

/** As people may read it, with whatever login it holds left out. */
export function shownStoreUrl(text: string): string {
  if (!URL.canParse(text)) return '';
  const url = new URL(text);
  url.password = '';
  return url.href;
}

const noAddress = (kind: ServerStore['kind']): Problem =>
  problem(
    'bad-input',
    '--url',
    `This is no address of a ${kind} store.`,
    `Give one like ${exampleUrlByStore[kind]}`,
  );

const holdsLogin = (kind: StoreKind): Problem =>
  problem(
    'bad-input',
    '--url',
    'The address holds a login, and settings are no place for one.',
    kind === 'chroma'
      ? 'Leave it out, and start Skein with the token in the variable CHROMA_TOKEN.'
      : `Leave the password out, and start Skein with it in PGPASSWORD, or with the whole address in ${storeUrlVariable}.`,
  );

const noParameter = (kind: StoreKind, known: readonly string[]): Problem =>
  problem(
    'bad-input',
    '--url',
    `The address of a ${kind} store takes no other parameter than ${known.join(' and ')}.`,
    'Leave the others out.',
  );
