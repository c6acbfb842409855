import { describe, expect, it } from 'vitest';
import { lookOf } from '../../../renderer/src/agents/agents.ts';

describe('how an agent looks', () => {
  it('is its own for those we know', () => {
    const known = [
      'claude-code',
      'codex-local',
      'codex-cloud',
      'gemini-cli',
      'human',
      'skein',
      'unknown',
    ].map(lookOf);
    expect(new Set(known.map((look) => look.tone)).size).toBe(known.length);
    expect(new Set(known.map((look) => look.glyph)).size).toBe(known.length);
  });

  it('is always the same for a name, known or not', () => {
    expect(lookOf('team-robot-7')).toEqual(lookOf('team-robot-7'));
  });

  it('differs between most strangers', () => {
    const looks = Array.from({ length: 40 }, (_, index) => lookOf(`agent-${index}`));
    const different = new Set(looks.map((look) => `${look.tone} ${look.glyph}`));
    expect(different.size).toBeGreaterThan(15);
  });

  it('never takes the grey of unknown for a stranger', () => {
    const tones = Array.from({ length: 100 }, (_, index) => lookOf(`x${index}`).tone);
    expect(tones).not.toContain('slate');
  });

  it('is no property that every object has', () => {
    expect(lookOf('constructor').glyph).toBeTypeOf('string');
  });
});
