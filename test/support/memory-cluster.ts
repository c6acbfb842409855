/** A cluster whose folder is in memory, and which hears and says the parts of messages without any wire. */
import { createHash } from 'node:crypto';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { answerMessage } from '../../electron/engine/knowledge/exchange/answer-message.ts';
import type {
  ExchangePeer,
  IndexFile,
  IndexFolder,
  MessagePart,
  OutgoingMessage,
} from '../../electron/engine/knowledge/exchange/exchange-ports.ts';
import { type IndexLedger, openIndexLedger } from '../../electron/engine/knowledge/exchange/index-ledger.ts';
import { type ExchangeOutcome, runExchange } from '../../electron/engine/knowledge/exchange/run-exchange.ts';
import { createSpellings, spellingTaken } from '../../shared/domain/knowledge/index-exchange.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';

export const md5Of = (text: string): string => createHash('md5').update(text).digest('hex');

export type MemoryCluster = {
  name: string;
  /** Texts by path; tests write and delete in it. */
  files: Map<string, string>;
  folder: IndexFolder;
  ledger: IndexLedger;
  /** This cluster as another one asks it. */
  asPeer(options?: { speaksOwnForm?: boolean }): ExchangePeer;
  exchangeWith(peer: ExchangePeer): Promise<Result<ExchangeOutcome>>;
  /** Fails the next placing of a file with this problem. */
  failNext(problem: Problem): void;
  spooled(): number;
};

export function createMemoryCluster(name: string): MemoryCluster {
  const files = new Map<string, string>();
  const ledger = openIndexLedger(openSql(':memory:'));
  const textBySpool = new Map<string, string>();
  let failure: Problem | undefined;
  let spools = 0;
  const found = (): Map<string, IndexFile> =>
    new Map([...files].map(([path, text]) => [path, { path, md5: md5Of(text), size: text.length }]));
  const folder: IndexFolder = {
    async look() {
      ledger.begin('memory');
      ledger.replace(new Map([...found()].map(([path, it]) => [path, { ...it, facts: it.md5 }])));
      return ok(found());
    },
    wasDeleted: (path, md5) => ledger.wasDeleted(path, md5),
    async spool(pieces) {
      const all: Uint8Array[] = [];
      for await (const piece of pieces) all.push(piece);
      const text = Buffer.concat(all).toString();
      spools += 1;
      textBySpool.set(`spool ${spools}`, text);
      return { file: `spool ${spools}`, md5: md5Of(text), size: text.length };
    },
    async discard({ file }) {
      textBySpool.delete(file);
    },
    async placeVerified(spooled, { path, md5 }) {
      const text = textBySpool.get(spooled.file) ?? '';
      textBySpool.delete(spooled.file);
      const failed = failure;
      failure = undefined;
      if (failed !== undefined) return err(failed);
      if (spooled.md5 !== md5) return err(problem('bad-input', path, 'wrong md5', ''));
      const spellings = createSpellings();
      for (const it of files.keys()) spellings.take(it);
      const other = spellings.take(path);
      if (other !== undefined) return spellingTaken(path, other);
      files.set(path, text);
      ledger.put({ path, md5, size: text.length, facts: md5 });
      return ok(undefined);
    },
    async remove(path, md5) {
      const text = files.get(path);
      if (text === undefined || (md5 !== undefined && md5Of(text) !== md5)) return ok(false);
      files.delete(path);
      ledger.drop(path);
      return ok(true);
    },
    async *read({ path }) {
      yield Buffer.from(files.get(path) ?? '');
    },
  };
  return {
    name,
    files,
    folder,
    ledger,
    asPeer: ({ speaksOwnForm = true } = {}) => ({
      name,
      async ask(message, form) {
        const sent = partsOf(message, undefined);
        const answer = await answerMessage(folder, sent);
        if (!answer.ok) return answer;
        if (form === 'own' && !speaksOwnForm) throw new Error('nobody said that it knows our form');
        return ok({ isOwnForm: speaksOwnForm, parts: partsOf(answer.value, folder) });
      },
    }),
    exchangeWith: (peer) => runExchange({ folder, agreements: ledger }, peer),
    failNext: (it) => {
      failure = it;
    },
    spooled: () => textBySpool.size,
  };

  /** What the other side reads of a message; of a question the files are those of the asker, found by their MD5. */
  async function* partsOf(
    message: OutgoingMessage,
    from: IndexFolder | undefined,
  ): AsyncGenerator<MessagePart> {
    const lists = new Set<string>();
    for (const part of ['known', 'removed', 'inventory'] as const) {
      if (message[part] === undefined) continue;
      lists.add(part);
      for (const value of message[part]) yield { part, value };
    }
    for (const file of message.indexes ?? []) {
      const content =
        from?.read(file) ?? (file as IndexFile & { content?: AsyncIterable<Uint8Array> }).content;
      if (content === undefined) throw new ProblemError(problem('bad-input', file.path, 'no content', ''));
      yield { part: 'content', pieces: content };
      yield { part: 'index', value: { path: file.path, md5: file.md5 } };
    }
    if (message.action !== undefined) yield { part: 'action', value: message.action };
    yield { part: 'end', lists };
  }
}

/** One asks the other, with the bytes of the asker's files on their way. */
export function peerFor(
  asker: MemoryCluster,
  asked: MemoryCluster,
  options?: { speaksOwnForm?: boolean },
): ExchangePeer {
  const peer = asked.asPeer(options);
  return {
    name: peer.name,
    ask: (message, form) =>
      peer.ask(
        {
          ...message,
          ...(message.indexes && {
            indexes: message.indexes.map((file) => ({ ...file, content: asker.folder.read(file) })),
          }),
        },
        form,
      ),
  };
}
