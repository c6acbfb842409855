/** Another Skein, with a log of its own, writes its reports into the same file. */
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../../shared/domain/report.ts';
import { insertReport } from '../../../shared/domain/report-section.ts';
import { decodeUtf8, encodeUtf8 } from '../../../shared/domain/utf8.ts';
import { createEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';

const file = 'SYNC_STATUS.md';

/** What the file holds once another Skein reported there. */
function withReportOfAnother(text: string | undefined, number: number): string {
  const stamp = number.toString(16).padStart(32, 'f');
  const events = [{ path: 'AGENTS.md', kind: 'modified', atMs: number, agent: 'claude-code' }] as const;
  const trigger = { type: 'manual', conditions: {} } as const;
  const report = { stamp, text: renderReport({ stamp, atMs: number, trigger, events: [...events] }, 'en') };
  return decodeUtf8(insertReport(encodeUtf8(text ?? ''), report, { locale: 'en', keep: 10 })).text;
}
const pending = ({ engine }: EngineFixture) => engine.log.changes({ limit: 10, pending: true });

describe('a report of another Skein', () => {
  test('is recorded as one of Skein, and is nothing to report', async () => {
    const fixture = await createEngineFixture();
    await fixture.save(file, withReportOfAnother(undefined, 1));
    await fixture.save(file, withReportOfAnother(fixture.text(file), 2));
    expect(fixture.engine.log.changes({ limit: 10 })).toMatchObject([
      { path: file, kind: 'modified', agent: 'skein' },
      { path: file, kind: 'created', agent: 'skein' },
    ]);
    expect(pending(fixture)).toEqual([]);
  });

  test('that came with words of somebody is reported', async () => {
    const fixture = await createEngineFixture();
    await fixture.save(file, `# Status\n\n- by an agent\n${withReportOfAnother(undefined, 1)}`);
    expect(pending(fixture)).toMatchObject([{ path: file, agent: 'unknown' }]);
  });

  test('that somebody takes out is reported, and so is one of ours that somebody copies back', async () => {
    const fixture = await createEngineFixture();
    await fixture.save(file, withReportOfAnother(undefined, 1));
    await fixture.save(file, '');
    expect(pending(fixture)).toMatchObject([{ path: file }]);
    await fixture.save('AGENTS.md', 'one\n');
    const folded = fixture.engine.consolidate();
    await fixture.clock.advance(1_000);
    expect(await folded).toMatchObject({ ok: true });
    const ours = fixture.text(file) ?? '';
    await fixture.save(file, '');
    await fixture.save(file, ours);
    expect(pending(fixture)).toHaveLength(2);
  });
});
