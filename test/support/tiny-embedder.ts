/** The settings of an embedder that is never asked, for tests of the HTTP layer. */
import type { EmbedderSettings, EmbedderState } from '../../electron/host/knowledge/embedder-settings.ts';
import { builtinChoice } from '../../shared/domain/knowledge/embedder-choice.ts';
import { err, ok, problem } from '../../shared/result.ts';

export function createTinyEmbedder(): EmbedderSettings {
  const state: EmbedderState = {
    choice: builtinChoice,
    key: { from: 'none' },
    keptFor: [],
    place: 'file',
    reason: 'Only the desktop app can use the keychain of the system.',
  };
  const nobody = problem('peer-unreachable', 'nowhere', 'Nobody listens there.', 'Start a server.');
  return {
    state: () => state,
    check: async () => err(nobody),
    choose: async (wish) => (wish.kind === 'builtin' ? ok(state) : err(nobody)),
    keepKey: async () => ok(state),
    forgetKey: async () => ok(false),
  };
}
