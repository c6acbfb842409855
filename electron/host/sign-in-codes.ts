/**
 * Codes that each sign one browser in, once (docs/decisions/0014-sign-in-codes.md). An address with a code passes
 * process lists and histories, which is why it is worth nothing soon after. Codes live in memory only.
 */
import { limits } from '../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import type { Clock, Random } from '../engine/ports.ts';
import { sameSecret } from './same-secret.ts';

export type SignInCodes = {
  /** A new code, good for `limits.signInCodeMs`. */
  create(): string;
  /** Uses a code up. Fails with unauthorized, or with rate-limited while too many wrong ones were tried. */
  use(code: string): Result<void>;
};

type Outstanding = { code: string; endsMs: number };

/** Times are those of the monotonic clock, which nobody can set back to make a code last. */
export function createSignInCodes(
  clock: Pick<Clock, 'monotonicMs'> = systemClock,
  random: Random = systemRandom,
): SignInCodes {
  let outstanding: Outstanding[] = [];
  let wrongTriesMs: number[] = [];
  return {
    create() {
      const code = Buffer.from(random.bytes(limits.signInCodeBytes)).toString('hex');
      const endsMs = clock.monotonicMs() + limits.signInCodeMs;
      outstanding = [...outstanding, { code, endsMs }].slice(-limits.signInCodes);
      return code;
    },
    use(code) {
      const nowMs = clock.monotonicMs();
      wrongTriesMs = wrongTriesMs.filter((triedMs) => nowMs - triedMs < limits.wrongSignInCodesMs);
      if (wrongTriesMs.length >= limits.wrongSignInCodes) return err(tooManyWrong);
      const matching = outstanding.filter((it) => sameSecret(it.code, code));
      outstanding = outstanding.filter((it) => !matching.includes(it));
      if (matching.some(({ endsMs }) => nowMs < endsMs)) return ok(undefined);
      wrongTriesMs.push(nowMs);
      return err(notValid);
    },
  };
}

const minutes = limits.signInCodeMs / 60_000;
const notValid = problem(
  'unauthorized',
  'sign-in address',
  `This sign-in address was used, is too old or not whole: each works once, for ${minutes} minutes, while the same Skein runs.`,
  'Run `skein open` in a terminal; it makes a new one.',
);
const tooManyWrong = problem(
  'rate-limited',
  'sign-in address',
  'Too many wrong sign-in addresses were tried within a minute, so none is looked at for now.',
  'Wait a minute and run `skein open` again, or paste what `skein token` prints.',
);
