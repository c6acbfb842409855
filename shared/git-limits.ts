/** The bounds of what Skein does with git; part of `limits`. */
export const gitLimits = {
  /** Milliseconds for one question to git. */
  gitQuestionMs: 10_000,
  /** Bytes of one answer of git. */
  gitAnswerBytes: 16 * 1024 * 1024,
  /** Characters of paths in one question to git: Windows takes 32,767 in a command line. */
  gitQuestionCharacters: 16_000,
  /** Milliseconds without a word after which a git that works for us is ended: a filter or a slow disk may take long. */
  gitWriteMs: 60_000,
  /** Characters of what git says that are kept: the last lines tell what failed. */
  gitWordsCharacters: 16_000,
  /** Milliseconds that a git which answers question after question stays without one. */
  gitIdleMs: 20_000,
  /** Milliseconds that we wait for somebody else's `index.lock`: a commit of a person with its hooks. */
  gitBusyMs: 10_000,
  /** Milliseconds that an answer about git's settings is believed. */
  gitSettingsMs: 5_000,
  /** The same while no file has changed of all that we know to hold settings: there may be one that we do not know. */
  gitSettingsSeenMs: 600_000,
  /** Bytes of trees of one repository that are kept for the next commit: some hundred folders. */
  keptTreeBytes: 1024 * 1024,
  /** Bytes of an object of git from which on it is packed beside the loop: some milliseconds of work. */
  packBesideBytes: 128 * 1024,
  /** Commits of which it is known which tree they have. */
  keptCommits: 1_000,
  /** Characters of a name or token of a remote: tokens that carry claims have some thousands. */
  gitLoginCharacters: 8_192,
  /** Characters of the host or address that a token is for. */
  gitHostCharacters: 1_000,
  /** Milliseconds between two tries for it. */
  gitBusyPollMs: 20,
  /**
   * Milliseconds that one hook of a repository may take: less than the lease of the lock (300 s), so that whoever waits
   * behind a hook that hangs sees it ended, and the lock is not lost.
   */
  gitHookMs: 240_000,
  /** Lines and characters of what a hook said last that a refusal quotes: a test suite may print a book. */
  hookLines: 5,
  hookCharacters: 600,
  /** Bytes of the message of a commit that hooks may make of it: they add a list of files or a diff. */
  hookMessageBytes: 1024 * 1024,
  /** Files that a pull looks at, or writes, at a time: most of it is waiting for the disk. */
  gitFilesAtOnce: 16,
  /** Tries of a commit, pull or push that others are faster than. */
  gitTries: 10,
  /** Commits that are walked over one by one before git is asked how two belong together. */
  gitLineCommits: 64,
  /** Milliseconds without a word or a byte after which a git that talks to another machine is ended. */
  gitSilenceMs: 60_000,
  /** Seconds in which http has to bring more than 100 bytes a second; git ends by itself then, with its reason. */
  gitSlowSeconds: 45,
  /** Milliseconds that a git may take to tidy up once it is asked to end. */
  gitStopMs: 3_000,
  /** Times that a push is tried again on top of what others pushed meanwhile. */
  pushTries: 3,
  /** Commits that a preview of a pull lists; it counts the others. */
  previewCommits: 100,
  /** Paths that one sentence of a problem names; it counts the others. */
  pathsNamed: 5,
  /** Bytes of the file with logins of remotes: some thousand. */
  credentialFileBytes: 256 * 1024,
  /** Files of a pull whose differences are shown before it is done. */
  previewDiffs: 100,
  /** Paths of one commit that somebody names. */
  commitPaths: 10_000,
  /** Characters of the message of a commit. */
  commitCharacters: 20_000,
  /** Notes that whoever has the lock writes together; what more there are, the next does. */
  notesAtOnce: 200,
  /** Milliseconds that the outcome of a note waits for whoever gave it: longer than anybody waits for a lock. */
  noteOutcomeMs: 86_400_000,
  /** Characters of a note. */
  noteCharacters: 100_000,
  /**
   * Milliseconds that an `index.lock` says that git is at work on the files: a checkout writes thousands of them. One that
   * is older was left behind.
   */
  gitAtWorkMs: 60_000,
  /** Milliseconds from git's last write of the index until HEAD has moved, too. */
  gitMovesHeadMs: 50,
  /** Milliseconds until a file that git has not merged is looked at again. */
  gitUnmergedMs: 1_000,
  /** Milliseconds that looks wait together for a git that says nothing, and that a file waits for one that never rests. */
  gitSilentMs: 5_000,
  gitPatienceMs: 10_000,
  /** Entries of the reflog that are looked at, with a question to git for each that touched files. */
  gitReflogEntries: 100,
  /** Entries among which it is looked for where a branch was made, at some 100 bytes each. */
  gitReflogWhole: 10_000,
  /** Branches from which others were made that are looked through to find where one ends; a question or two for each. */
  gitBranchesUp: 10,
  /** Places where displaced files were at home, of which git remembers what they have now. */
  gitHomes: 8,
  /** Commits of one path that attribution looks at. */
  gitCommits: 200,
  /** Contents whose git ids are remembered, some 300 bytes each; finding them out takes a moment of work for each. */
  rememberedBlobIds: 10_000,
} as const;
