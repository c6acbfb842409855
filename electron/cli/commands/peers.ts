/** skein peers, skein trust */
import type { Client } from '../../../shared/contracts/client.ts';
import type { PeerJson } from '../../../shared/contracts/peer-shapes.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { takeInstance } from '../../host/instance.ts';
import { setIdentityAside } from '../../host/peers/identity.ts';
import type { Answer, Command, Context } from '../context.ts';
import { findPeer, peerArgument } from '../find-peer.ts';
import { writePeers } from '../peer-table.ts';
import { wholeNumber } from '../read-option.ts';
import { plainText } from '../text-width.ts';
import { skeinVersion } from '../version.ts';
import { workspaceNotReady } from '../workspace-not-ready.ts';

const list: Command = {
  name: 'list',
  summary: 'paired devices, how far each is, and what is wrong',
  examples: [{ line: 'skein peers list --json', what: 'everything, with rights and clock offset' }],
  run: listPeers,
};

const rename: Command = {
  name: 'rename',
  summary: 'call a paired device otherwise, here only',
  args: [peerArgument, { name: 'NAME', summary: 'its new name' }],
  examples: [{ line: 'skein peers rename "Ann\'s laptop" ann', what: 'a shorter name' }],
  run: (context, [peer = '', name = '']) =>
    onPeer(context, peer, ({ id }, client) => client.call('changePeer', { id, name })),
};

const address: Command = {
  name: 'address',
  summary: 'where a paired device is reached; forgets the addresses known so far',
  args: [peerArgument, { name: 'ADDRESS', summary: 'HOST or HOST:PORT' }],
  examples: [{ line: 'skein peers address ann 192.168.1.20', what: 'try this one from now on' }],
  run: (context, [peer = '', place = '']) =>
    onPeer(context, peer, ({ id }, client) => client.call('changePeer', { id, addresses: [place] })),
};

const share: Command = {
  name: 'share',
  summary: 'let a paired device have this workspace, or change what it may do in it',
  args: [peerArgument],
  options: [
    { flags: '--read-only', summary: 'take no changes from it' },
    { flags: '--write', summary: 'take its changes' },
    {
      flags: '--only <PATTERNS>',
      summary: 'it gets only these files; patterns with commas between, or "all"',
    },
    {
      flags: '--take <PATTERNS>',
      summary: 'take only these of its files here; patterns with commas between, or "all"',
    },
    {
      flags: '--theirs <ID>',
      summary: "join with this other workspace of the device's (see skein peers --json)",
    },
  ],
  examples: [
    { line: 'skein peers share ann', what: 'share the workspace around this folder' },
    { line: 'skein peers share ann --only "docs/**,ROADMAP.md"', what: 'only some files' },
    { line: 'skein peers share ann --take "AGENTS.md,docs/**"', what: 'take only some of hers' },
  ],
  run: (context, [peer = ''], { readOnly, write, only, take, theirs }) =>
    changeShare(context, peer, {
      shared: true,
      ...(readOnly === true ? { write: false } : write === true ? { write: true } : {}),
      ...(typeof only === 'string' ? { patterns: listOf(only) } : {}),
      ...(typeof take === 'string' ? { takes: listOf(take) } : {}),
      ...(typeof theirs === 'string' ? { theirs } : {}),
    }),
};

const listOf = (patterns: string): string[] => (patterns === 'all' ? [] : patterns.split(','));

const unshare: Command = {
  name: 'unshare',
  summary: 'take this workspace away from a paired device; what it has, it keeps',
  args: [peerArgument],
  examples: [{ line: 'skein peers unshare ann', what: 'the workspace around this folder' }],
  run: (context, [peer = '']) => changeShare(context, peer, { shared: false }),
};

const revoke: Command = {
  name: 'revoke',
  summary: 'end the trust in a paired device at once',
  details: 'Connections that are open are cut. To undo it, pair the two again.',
  args: [peerArgument],
  examples: [{ line: 'skein peers revoke ann', what: 'she lost her laptop' }],
  run: (context, [peer = '']) =>
    onPeer(
      context,
      peer,
      ({ id }, client) => client.call('revokePeer', { id }),
      ({ name }) => `${plainText(name)} is trusted no longer.`,
    ),
};

const network: Command = {
  name: 'network',
  summary: 'this device on the network: its id, its port, and whether others find it',
  options: [
    { flags: '--name <NAME>', summary: 'how others see this device' },
    { flags: '--peer-port <PORT>', summary: 'where paired devices call', read: wholeNumber(1, 65_535) },
    { flags: '--listen <WHEN>', summary: 'auto: once there is a peer', choices: ['auto', 'on', 'off'] },
    { flags: '--bind <WHERE>', summary: 'all networks, or this machine only', choices: ['all', 'loopback'] },
    {
      flags: '--discovery <STATE>',
      summary: 'find devices on the same network, and be found',
      choices: ['on', 'off'],
    },
  ],
  examples: [
    { line: 'skein peers network', what: 'what holds now' },
    { line: 'skein peers network --discovery on', what: 'find devices nearby' },
  ],
  run: changeNetwork,
};

const renew: Command = {
  name: 'renew',
  summary: 'give this device a new identity: for a copy of a data folder that passes for its original',
  details:
    'Skein must be stopped. The former identity is kept aside; peers of this device must be paired anew.',
  examples: [{ line: 'skein peers renew', what: 'on a cloned machine, before its first start' }],
  async run({ dataFolder }) {
    const instance = await takeInstance(dataFolder, { version: skeinVersion(), nowMs: Date.now() });
    if (!instance.ok) return instance;
    const renewed = await setIdentityAside(dataFolder, Date.now());
    await instance.value.release();
    if (!renewed.ok) return renewed;
    return ok({
      json: { renewed: true },
      write: () => 'The next start makes a new identity; then pair again: skein pair',
    });
  },
};

export const peers: Command = {
  name: 'peers',
  summary: 'paired devices: how far each is, what it may do, where it is',
  commands: [list, rename, address, share, unshare, revoke, network, renew],
  examples: [
    { line: 'skein peers', what: 'who is there, and who is behind' },
    { line: 'skein peers revoke ann', what: 'end the trust in one' },
  ],
  run: listPeers,
};

export const trust: Command = {
  name: 'trust',
  summary: 'let instructions of a paired device count at once in this workspace, without approval',
  details: `Instruction files (AGENTS.md, CLAUDE.md, rules) tell agents what to do. From a device that is not
trusted for them they wait for your approval: skein approvals`,
  args: [peerArgument],
  options: [{ flags: '--off', summary: 'let them wait for approval again' }],
  examples: [
    { line: 'skein trust ann', what: 'what she writes into AGENTS.md counts here' },
    { line: 'skein trust ann --off', what: 'no longer' },
  ],
  run: (context, [peer = ''], { off }) => changeShare(context, peer, { trusted: off !== true }),
};

async function listPeers(context: Context): Promise<Result<Answer>> {
  const way = await context.connect();
  if (!way.ok) return way;
  const answer = await way.value.client.call('listPeers', {});
  if (!answer.ok) return answer;
  return ok({
    json: answer.value,
    write: (style) => writePeers(answer.value.peers, way.value.running !== undefined, style),
  });
}

/** Does something about one peer and says what holds now. */
async function onPeer<Value>(
  context: Context,
  wanted: string,
  change: (peer: PeerJson, client: Client) => Promise<Result<Value>>,
  said: (peer: PeerJson) => string = ({ name }) => `Changed ${plainText(name)}.`,
): Promise<Result<Answer>> {
  const way = await context.connect();
  if (!way.ok) return way;
  const { client } = way.value;
  const peer = await findPeer(client, wanted);
  if (!peer.ok) return peer;
  const changed = await change(peer.value, client);
  return changed.ok ? ok({ json: changed.value, write: () => said(peer.value) }) : changed;
}

type ShareChanges = {
  shared?: boolean;
  write?: boolean;
  trusted?: boolean;
  patterns?: string[];
  takes?: string[];
  theirs?: string;
};

async function changeShare(context: Context, wanted: string, changes: ShareChanges): Promise<Result<Answer>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const { workspace } = found.value;
  const workspaceId = workspace.workspace_id;
  if (workspaceId === null) return err(workspaceNotReady(workspace));
  return onPeer(context, wanted, ({ id }, client) =>
    client.call('shareWithPeer', { id, workspace_id: workspaceId, ...changes }),
  );
}

async function changeNetwork(
  context: Context,
  _: unknown,
  values: Readonly<Record<string, unknown>>,
): Promise<Result<Answer>> {
  const way = await context.connect();
  if (!way.ok) return way;
  const { client } = way.value;
  const { name, peerPort: port, listen, bind, discovery } = values;
  const changes = Object.entries({ name, port, listen, bind, discovery: discovery && discovery === 'on' });
  const given = Object.fromEntries(changes.filter(([, value]) => value !== undefined));
  const answer = await (Object.keys(given).length === 0
    ? client.call('getNetwork', {})
    : client.call('changeNetwork', given));
  if (!answer.ok) return answer;
  const { device, listening, discovery: isFound } = answer.value;
  return ok({
    json: answer.value,
    write: () =>
      [
        `${plainText(device.name)}  ${device.id}`,
        listening === null
          ? 'Not listening for peers now.'
          : `Peers call at ${listening.addresses.join(', ')}.`,
        isFound ? 'Found by devices on the same network.' : 'Not announced on the network.',
      ].join('\n'),
  });
}
