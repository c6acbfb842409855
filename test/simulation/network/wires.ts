/** The network between replicas: links that are cut, slow, and lose or double what they carry. */
import type { Clock } from '../../../electron/engine/ports.ts';
import { err, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Wire } from '../../support/memory-network.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import type { Met } from './met.ts';
import type { NetworkFaults } from './plan.ts';

export type WireDeps = {
  clock: Clock;
  draw: SeededRandom;
  faults(): NetworkFaults;
  isCut(): boolean;
  met: Met;
};

/** Milliseconds after which whoever asked gives up. */
const timeoutMs = 10_000;

export function createFaultyWire(deps: WireDeps): Wire {
  const { clock, draw, met } = deps;
  const pause = (ms: number): Promise<void> =>
    ms <= 0 ? Promise.resolve() : new Promise((resolve) => clock.after(ms, resolve));
  const way = (): Promise<void> => pause(draw.integer(deps.faults().wayMs + 1));

  async function silence(): Promise<Result<never>> {
    await pause(timeoutMs);
    return err(unreachable());
  }

  function inTime<Answer>(answer: Promise<Result<Answer>>): Promise<Result<Answer>> {
    return new Promise((resolve) => {
      const cancel = clock.after(timeoutMs, () => resolve(err(unreachable())));
      void answer.then((it) => {
        cancel();
        resolve(it);
      });
    });
  }

  return {
    async carry(ask) {
      const faults = deps.faults();
      await way();
      if (deps.isCut()) return err(unreachable());
      if (draw.chance(faults.lostQuestion)) {
        met.lostQuestion += 1;
        return silence();
      }
      if (draw.chance(faults.doubledQuestion)) {
        met.doubledQuestion += 1;
        clock.after(draw.integer(3_000), () => void answered(ask));
      }
      const answer = await inTime(answered(ask));
      await way();
      if (deps.isCut()) return err(unreachable());
      if (!draw.chance(faults.lostAnswer)) return answer;
      met.lostAnswer += 1;
      return silence();
    },
  };
}

/** Whoever dies over a question does not answer it. */
async function answered<Answer>(ask: () => Promise<Result<Answer>>): Promise<Result<Answer>> {
  try {
    return await ask();
  } catch {
    return err(unreachable());
  }
}

const unreachable = (): Problem =>
  problem('peer-unreachable', 'the other side', 'The other side does not answer.', 'It is asked again.');
