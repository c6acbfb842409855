/** Which function answers which endpoint: complete, or it does not compile. */
import type { Handlers } from '../deps.ts';
import { getActivity } from './activity.ts';
import { getChange, getChangeDiff, listChanges, listPending, listVersions } from './changes.ts';
import { consolidate, getConsolidation, listConsolidations, undoConsolidation } from './consolidations.ts';
import { getContent, getDiff, restore } from './contents.ts';
import {
  checkEmbedder,
  chooseEmbedder,
  forgetEmbedderKey,
  getEmbedder,
  keepEmbedderKey,
} from './embedder.ts';
import { listChecksums, listFiles } from './files.ts';
import { listFolders } from './folders.ts';
import {
  addNote,
  cancelGit,
  commitGit,
  forgetGitToken,
  getGit,
  keepGitToken,
  listGitTokens,
  previewPull,
  pullGit,
  pushGit,
} from './git.ts';
import { decideApprovals, getConflict, listApprovals, listConflicts, resolveConflict } from './inbox.ts';
import { changeAppSettings, getAppSettings, getHealth, runDoctor } from './installation.ts';
import {
  findSimilar,
  getKnowledge,
  listIndexedNotes,
  rebuildKnowledge,
  retryNotes,
  search,
  syncKnowledge,
} from './knowledge.ts';
import { breakLock, getLock } from './lock.ts';
import {
  answerInvitation,
  cancelPairing,
  changeNetwork,
  changePeer,
  confirmPairing,
  getNetwork,
  getPairing,
  getPeerLag,
  invitePeer,
  listNearby,
  listPeers,
  revokePeer,
  shareWithPeer,
  syncPeers,
} from './peers.ts';
import { hideReplica, listReplicas, shareReplicas } from './replicas.ts';
import { changeSettings, getSettings } from './settings.ts';
import { createSignInCode, signIn } from './sign-in.ts';
import { getStatus, pause, resume, scan } from './watching.ts';
import { closeWorkspace, listWorkspaces, openSample, openWorkspace } from './workspaces.ts';

/** By the names of the endpoint table. */
export const handlers: Handlers = {
  getHealth,
  createSignInCode,
  signIn,
  getStatus,
  consolidate,
  listPending,
  listChecksums,
  pause,
  resume,
  scan,
  listChanges,
  getChange,
  getChangeDiff,
  listFiles,
  listVersions,
  getContent,
  getDiff,
  restore,
  listConsolidations,
  getConsolidation,
  undoConsolidation,
  getActivity,
  getSettings,
  changeSettings,
  listWorkspaces,
  openWorkspace,
  openSample,
  closeWorkspace,
  listFolders,
  getAppSettings,
  changeAppSettings,
  runDoctor,
  getNetwork,
  changeNetwork,
  listPeers,
  getPeerLag,
  listNearby,
  getPairing,
  invitePeer,
  answerInvitation,
  confirmPairing,
  cancelPairing,
  changePeer,
  shareWithPeer,
  revokePeer,
  syncPeers,
  listConflicts,
  getConflict,
  resolveConflict,
  listApprovals,
  decideApprovals,
  listReplicas,
  hideReplica,
  shareReplicas,
  getLock,
  breakLock,
  getGit,
  previewPull,
  pullGit,
  pushGit,
  commitGit,
  cancelGit,
  listGitTokens,
  keepGitToken,
  forgetGitToken,
  addNote,
  search,
  findSimilar,
  getKnowledge,
  listIndexedNotes,
  retryNotes,
  rebuildKnowledge,
  syncKnowledge,
  getEmbedder,
  chooseEmbedder,
  checkEmbedder,
  keepEmbedderKey,
  forgetEmbedderKey,
};
