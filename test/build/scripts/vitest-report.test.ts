import { describe, expect, test } from 'vitest';
import { addCounts, readVitestReport, writeCounts } from '../../../build/scripts/vitest-report.ts';

type Report = Parameters<typeof JSON.stringify>[0];
const report = (more: Report = {}) =>
  JSON.stringify({
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [{ status: 'passed', assertionResults: [{}] }],
    ...more,
  });

describe('a run of vitest', () => {
  test('counts as it says', () => {
    expect(readVitestReport(report(), 0)).toEqual({ passed: 5, failed: 0, skipped: 1 });
    expect(readVitestReport(report({ numFailedTests: 2 }), 1)).toMatchObject({ failed: 2 });
  });

  test('with a file that could not be loaded has a failure', () => {
    const unloaded = { testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(readVitestReport(report(unloaded), 1)).toMatchObject({ passed: 5, failed: 1 });
  });

  test('that ended badly without a failing test has a failure', () => {
    expect(readVitestReport(report(), 1)).toMatchObject({ failed: 1 });
  });

  test.each([[undefined], [''], ['{'], ['{}']])('that left %j as its report has a failure', (text) => {
    expect(readVitestReport(text, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

test('the last line names skipped tests only where there are some', () => {
  const passed = { passed: 12, failed: 0, skipped: 0 };
  expect(writeCounts(passed)).toBe('12 passed, 0 failed');
  expect(writeCounts(addCounts(passed, { passed: 1, failed: 2, skipped: 3 }))).toBe(
    '13 passed, 2 failed, 3 skipped',
  );
});
