/** The mark of one log, kept in memory over the lives of its engine. */
import type { LogMark, LogMarks } from '../../electron/engine/ports.ts';
import { createLife, type Life } from './life.ts';

export type FakeMarks = LogMarks & {
  /** As one process sees it; it may die before and after each write. */
  mount(life: Life): LogMarks;
  /** What is kept, as a copy of the whole machine takes it along. */
  copy(): LogMark | undefined;
  putBack(mark: LogMark | undefined): void;
};

export function createFakeMarks(): FakeMarks {
  let kept: LogMark | undefined;
  const mount = (life: Life): LogMarks => ({
    read: () => kept,
    write(mark) {
      life.reach({ source: 'mark', operation: 'write', subject: '', when: 'before' });
      kept = mark;
      life.reach({ source: 'mark', operation: 'write', subject: '', when: 'after' });
    },
  });
  return {
    ...mount(createLife()),
    mount,
    copy: () => kept,
    putBack(mark) {
      kept = mark;
    },
  };
}
