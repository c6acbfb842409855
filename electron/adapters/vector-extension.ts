/** Where the compiled part of sqlite-vec lies. */
import { getLoadablePath } from 'sqlite-vec';
import { err, ok, problem, type Result } from '../../shared/result.ts';

/**
 * The path for `openSql`. The system's loader reads no archive, so in a packed app it is the copy beside it. Fails with
 * `unreadable` where sqlite-vec has no part for this system.
 */
export function findVectorExtension(): Result<string> {
  try {
    return ok(getLoadablePath().replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked'));
  } catch (cause) {
    return err(
      problem(
        'unreadable',
        'sqlite-vec',
        `Search is not available on this system: ${cause instanceof Error ? cause.message : String(cause)}`,
        'Everything else works. Search needs Linux, macOS or Windows on x64, or Linux or macOS on arm64.',
      ),
    );
  }
}
