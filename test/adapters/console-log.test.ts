import { expect, test } from 'vitest';
import { type ConsoleLogOptions, createConsoleLog } from '../../electron/adapters/console-log.ts';

const escapeKey = String.fromCharCode(27);

function logged(
  options: ConsoleLogOptions,
  write: (log: ReturnType<typeof createConsoleLog>) => void,
): string[] {
  const lines: string[] = [];
  write(createConsoleLog({ ...options, write: (line) => lines.push(line) }));
  return lines;
}

test('writes one line with time, level, message and fields', () => {
  const [line] = logged({}, (log) => log.warn('The scan is late.', { path: 'a b.md', ms: 5, tags: ['x'] }));
  expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z warn {2}The scan is late\. path="a b\.md" ms=5 tags=.*\n$/);
});

test('leaves out what is below the minimum', () => {
  const write = (log: ReturnType<typeof createConsoleLog>) => {
    log.info('info');
    log.warn('warn');
    log.error('error');
  };
  expect(logged({}, write)).toHaveLength(3);
  expect(logged({ minimum: 'warn' }, write)).toHaveLength(2);
  expect(logged({ minimum: 'error' }, write)).toHaveLength(1);
});

test('writes JSON that a program can read, with errors whole', () => {
  const [line = ''] = logged({ json: true }, (log) =>
    log.error('failed', { error: new RangeError('too far'), size: 5n }),
  );
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    message: 'failed',
    error: { name: 'RangeError', message: 'too far' },
    size: '5',
  });
  expect(line.endsWith('\n')).toBe(true);
});

test.each([[true], [false]])(
  'stays on one line and steers no terminal, whatever is in it (json: %s)',
  (json) => {
    const nasty = `two\nlines\r${escapeKey}[31mred${escapeKey}]0;title\u0007\u009b1m\u2028`;
    const [line = '', ...rest] = logged({ json }, (log) => log.info(nasty, { [nasty]: 1, path: nasty }));
    expect(rest).toEqual([]);
    expect(line.slice(0, -1)).not.toMatch(/\p{Cc}/u);
  },
);

test('a field that cannot be written does not throw', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const hostile = {
    toJSON: () => {
      throw new Error('no');
    },
  };
  for (const json of [true, false]) {
    expect(logged({ json }, (log) => log.info('kept', { circle, hostile, none: undefined }))).toHaveLength(1);
  }
});
