/** The git repository of a workspace. */
import { ok, type Result } from '../../../shared/result.ts';
import type { Host } from '../../host/host-contract.ts';
import type { RepositoryWork } from '../../host/repository-work.ts';
import { chooseWorkspace } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';

/** A workspace that lies in no repository has an empty state. */
export const getGit: Handler<'getGit'> = ({ host }, { workspace }) => {
  const open = chooseWorkspace(host, workspace);
  return open.ok ? host.repositories.state(open.value.id) : open;
};

/** Asks the remote, for as long as somebody waits for the answer. */
export const previewPull: Handler<'previewPull'> = ({ host }, { workspace }, signal) =>
  within(host, workspace, (work) => work.preview(signal));

/** A pull that was refused or failed is an answer, as reference/001 has it: `success` is false, nothing was changed. */
export const pullGit: Handler<'pullGit'> = ({ host }, { workspace, agent }) =>
  within(host, workspace, (work) => work.pull(agent ?? 'human'));

export const pushGit: Handler<'pushGit'> = ({ host }, { workspace, agent }) =>
  within(host, workspace, (work) => work.push(agent ?? 'human'));

export const commitGit: Handler<'commitGit'> = ({ host }, { workspace, agent, paths, message }) =>
  within(host, workspace, (work) => work.commit({ agent: agent ?? 'human', paths, message }));

/** Returns when it was told to end, which may be before it has ended: the state says what still runs. */
export const cancelGit: Handler<'cancelGit'> = ({ host }, { workspace }) =>
  within(host, workspace, (work) => {
    work.cancel();
    return work.state();
  });

export const addNote: Handler<'addNote'> = ({ host }, { workspace, agent, text }) =>
  within(host, workspace, (work) => work.note({ agent: agent ?? 'human', text }));

export const listGitTokens: Handler<'listGitTokens'> = async ({ host }) => {
  const { place, reason } = host.gitTokens;
  const tokens = await host.gitTokens.list();
  return tokens.ok ? ok({ place, reason, tokens: tokens.value }) : tokens;
};

export const keepGitToken: Handler<'keepGitToken'> = ({ host }, { host: address, username, token }) =>
  host.gitTokens.keep(address, { username, password: token });

export const forgetGitToken: Handler<'forgetGitToken'> = async ({ host }, { host: address }) => {
  const forgotten = await host.gitTokens.forget(address);
  return forgotten.ok ? ok({ forgotten: forgotten.value }) : forgotten;
};

async function within<Value>(
  host: Host,
  workspace: string | undefined,
  work: (of: RepositoryWork) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const open = chooseWorkspace(host, workspace);
  if (!open.ok) return open;
  const repository = await host.repositories.of(open.value.id);
  return repository.ok ? work(repository.value) : repository;
}
