/** All commands, in the order of `skein --help`. */
import type { Command } from '../context.ts';
import { approvals, approve, reject } from './approvals.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { conflicts, resolve } from './conflicts.ts';
import { consolidate } from './consolidate.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { files } from './files.ts';
import { git } from './git.ts';
import { hub } from './hub.ts';
import { knowledge } from './knowledge.ts';
import { lock } from './lock.ts';
import { log } from './log.ts';
import { note } from './note.ts';
import { open } from './open.ts';
import { pair } from './pair.ts';
import { pause, resume } from './pause.ts';
import { peers, trust } from './peers.ts';
import { pending } from './pending.ts';
import { replicas } from './replicas.ts';
import { report } from './report.ts';
import { restore } from './restore.ts';
import { search } from './search.ts';
import { serve } from './serve.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { pull, sync } from './sync.ts';
import { task } from './task.ts';
import { token } from './token.ts';
import { undo } from './undo.ts';

export const commands: readonly Command[] = [
  serve,
  hub,
  open,
  status,
  pending,
  consolidate,
  undo,
  report,
  log,
  files,
  search,
  knowledge,
  show,
  diff,
  restore,
  conflicts,
  resolve,
  approvals,
  approve,
  reject,
  pair,
  peers,
  replicas,
  trust,
  sync,
  pull,
  lock,
  git,
  note,
  task,
  pause,
  resume,
  config,
  token,
  doctor,
  completion(() => commands),
];
