/** What every view can reach, put together once in main.ts and handed down by Svelte's context. */
import { createContext } from 'svelte';
import type { EndpointName, Output, RawInput } from '../../../shared/contracts/app-api.ts';
import type { Topic } from '../../../shared/contracts/events.ts';
import type { WorkspaceJson } from '../../../shared/contracts/shapes.ts';
import type { Result } from '../../../shared/result.ts';
import type { Backend } from '../backend/backend.ts';
import type { Connection } from '../backend/live-events.ts';
import type { Preferences } from './preferences.svelte.ts';
import type { Router } from './router.svelte.ts';
import { Shortcuts } from './shortcuts.ts';
import { Toasts } from './toasts.svelte.ts';
import { Workspaces } from './workspaces.svelte.ts';

export class App {
  readonly backend: Backend;
  readonly router: Router;
  readonly preferences: Preferences;
  readonly toasts = new Toasts();
  readonly workspaces = new Workspaces();
  readonly shortcuts = new Shortcuts();
  connection: Connection = $state.raw({ state: 'connecting' });
  /** True when the engine does not accept our token. */
  locked = $state(false);

  constructor(backend: Backend, router: Router, preferences: Preferences) {
    this.backend = backend;
    this.router = router;
    this.preferences = preferences;
    backend.live.onConnection((connection) => {
      this.connection = connection;
      if (connection.state === 'refused') this.locked = true;
    });
  }

  /** The workspace on the screen; undefined while none is open. */
  get workspace(): WorkspaceJson | undefined {
    return this.workspaces.find(this.router.workspace);
  }

  /** Whether live updates are interrupted. The first failure is often only a restart; it counts from the second on. */
  get cutOff(): boolean {
    return this.connection.state === 'lost' && this.connection.attempt > 1;
  }

  async call<Name extends EndpointName>(
    name: Name,
    input: RawInput<Name>,
    options?: { signal?: AbortSignal },
  ): Promise<Result<Output<Name>>> {
    const answer = await this.backend.client.call(name, input, options);
    if (!answer.ok && answer.error.code === 'unauthorized') this.locked = true;
    return answer;
  }

  /** Calls `listener` when one of `topics` changed in the workspace on the screen, or everywhere. */
  onChanged(topics: readonly Topic[], listener: () => void): () => void {
    return this.backend.live.onChanged((event) => {
      const ours = event.workspace === null || event.workspace === this.workspace?.id;
      if (ours && event.topics.some((topic) => topics.includes(topic))) listener();
    });
  }

  async refreshWorkspaces(): Promise<void> {
    const answer = await this.call('listWorkspaces', {});
    if (answer.ok) this.workspaces.take(answer.value);
  }
}

export const [useApp, provideApp] = createContext<App>();
