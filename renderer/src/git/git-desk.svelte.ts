/** What a person asks of the repository: what was asked and not answered yet, and what they are told afterwards. */
import type { GitOutcomeJson, GitStateJson } from '../../../shared/contracts/git-api.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import type { App } from '../state/app.svelte.ts';
import { type LiveQuery, liveQuery } from '../state/live-query.svelte.ts';
import { tickingNowMs } from '../state/ticker.svelte.ts';
import { plural } from '../words/text.ts';

export type Asked = 'pull' | 'push' | 'commit' | 'note';

/** A fetch by git itself tells nobody: milliseconds until the screen looks again. */
const lookMs = 60_000;

export class GitDesk {
  readonly state: LiveQuery<GitStateJson>;
  asked: Asked | undefined = $state();
  readonly #app: App;
  readonly #workspace: string | undefined;

  /** Call while a component starts up. */
  constructor(app: App, workspace: string | undefined) {
    this.#app = app;
    this.#workspace = workspace;
    this.state = liveQuery(app, 'getGit', () => ({ workspace }), ['git', 'changes', 'settings']);
    const look = $derived(Math.floor(tickingNowMs() / lookMs));
    $effect(() => {
      if (look > 0 && this.state.value?.repository != null) this.state.refresh();
    });
  }

  /** Something is under way, of ours or of somebody else in this Skein. */
  get isBusy(): boolean {
    return this.asked !== undefined || this.state.value?.running != null;
  }

  pull(): Promise<boolean> {
    return this.#ask('pull', () => this.#app.call('pullGit', { workspace: this.#workspace }));
  }

  push(): Promise<boolean> {
    return this.#ask('push', () => this.#app.call('pushGit', { workspace: this.#workspace }));
  }

  /** All tracked files that differ. An empty message asks for the usual one. */
  commit(message = ''): Promise<boolean> {
    const text = message.trim();
    const more = text === '' ? {} : { message: text };
    return this.#ask('commit', () => this.#app.call('commitGit', { workspace: this.#workspace, ...more }));
  }

  note(text: string): Promise<boolean> {
    return this.#ask('note', () => this.#app.call('addNote', { workspace: this.#workspace, text }));
  }

  async cancel(): Promise<void> {
    const answer = await this.#app.call('cancelGit', { workspace: this.#workspace });
    if (!answer.ok) this.#app.toasts.fail(answer.error);
  }

  /** True when it was done. */
  async #ask(what: Asked, work: () => Promise<Result<GitOutcomeJson>>): Promise<boolean> {
    this.asked = what;
    const answer = await work();
    this.asked = undefined;
    this.state.refresh();
    if (answer.ok) tellOutcome(this.#app, what, answer.value);
    else tellFailure(this.#app, what, answer.error);
    return answer.ok && answer.value.success;
  }
}

function tellOutcome(app: App, what: Asked, outcome: GitOutcomeJson): void {
  const { problem, message } = outcome;
  // A note that could not be committed is written all the same, and where says the message.
  if (problem !== null && what === 'note')
    app.toasts.fail({ ...(problem as Problem), message: `${message}: ${problem.message}` });
  else if (problem !== null) tellFailure(app, what, problem as Problem);
  else app.toasts.say(message, [], detailOf(what, outcome));
}

/** Whoever cancelled it knows why it did not come about. */
function tellFailure(app: App, what: Asked, problem: Problem): void {
  if (problem.code === 'stopping') app.toasts.say(`The ${what} was cancelled; everything is as it was`);
  else app.toasts.fail(problem);
}

/** What was left out, with the reason of the first, or what waits for a person. */
function detailOf(what: Asked, { left, pushed, aside }: GitOutcomeJson): string {
  const [first, ...others] = left;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` And ${plural(others.length, 'more problem')}.`;
    return `${first.message} ${first.advice}${more}`;
  }
  if (aside.length > 0) return `The other side of ${plural(aside.length, 'file')} waits in the inbox.`;
  return what === 'note' && !pushed ? 'It was not pushed.' : '';
}
