/** Events that a listener can forbid, as Electron's are. */
import type { EventEmitter } from 'node:events';

/** Emits the event with `details` on it; true when a listener called `preventDefault`. */
export function emitPreventable(
  emitter: EventEmitter,
  name: string,
  details: object = {},
  ...rest: unknown[]
): boolean {
  let prevented = false;
  const event = {
    ...details,
    preventDefault() {
      prevented = true;
    },
  };
  emitter.emit(name, event, ...rest);
  return prevented;
}
