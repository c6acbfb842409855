/** Questions of the thread of an index to other devices: the main thread, which reaches them, carries them there and back. */
import type { SharedAnswer, SharedEmbeddings } from '../../engine/knowledge/knowledge-ports.ts';
import type { FromThread } from './knowledge-contract.ts';

export type Asking = {
  shared: SharedEmbeddings;
  answered(asking: number, answer: SharedAnswer | undefined): void;
  /** Nobody has anything any more: whoever waits goes on without. */
  end(): void;
};

export function createAsking(post: (message: FromThread) => void): Asking {
  const waiting = new Map<number, (answer: SharedAnswer | undefined) => void>();
  let last = 0;
  let isOver = false;
  return {
    shared: {
      async ask(question) {
        if (isOver) return undefined;
        last += 1;
        const asking = last;
        const answered = new Promise<SharedAnswer | undefined>((resolve) => waiting.set(asking, resolve));
        post({ event: 'ask', asking, question });
        return answered;
      },
      distrust: (device) => post({ event: 'distrust', device }),
    },
    answered(asking, answer) {
      waiting.get(asking)?.(answer);
      waiting.delete(asking);
    },
    end() {
      isOver = true;
      for (const settle of waiting.values()) settle(undefined);
      waiting.clear();
    },
  };
}
