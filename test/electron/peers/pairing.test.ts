/** Pairing: one code, once, for those who compare; nothing for anybody else. */
import { describe, expect, test } from 'vitest';
import { createPairing } from '../../../electron/host/peers/pairing.ts';
import { hostPairing } from '../../../electron/host/peers/pairing-host.ts';
import { readPairingText } from '../../../electron/host/peers/pairing-picture.ts';
import {
  blind,
  checkDigits,
  commitmentTo,
  guestProof,
  newCode,
  newNonce,
  pairingKey,
  readCode,
} from '../../../electron/host/peers/pairing-rules.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { type Device, makeRepository, must, pairDevices, startDevice } from '../../support/device.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { makeStranger, type Stranger } from '../../support/stranger.ts';

const portOf = (device: Device): number => device.host.peers.network().listening?.port ?? 0;

async function inviting(): Promise<{ desk: Device; code: string; port: number }> {
  const desk = await startDevice({ name: 'desk', repository: makeRepository() });
  const { code } = must(await desk.host.peers.invite());
  return { desk, code: code ?? '', port: portOf(desk) };
}

const idOf = (device: Device): string => device.host.peers.network().device.id;

const fullDisk = problem('disk-full', 'peers.json', 'The disk is full.', 'Make room, then pair again.');

/** What a guest with this code sends first. */
async function beginning(guest: Stranger, hostId: string, code: string, nonce = newNonce()) {
  const key = await pairingKey(code, { host: hostId, guest: guest.id });
  const commitment = commitmentTo(nonce, guest.id);
  return {
    key,
    nonce,
    body: JSON.stringify({ name: 'guest', commitment, proof: guestProof(key, commitment) }),
  };
}

const post = (guest: Stranger, port: number, path: string, body: string) =>
  guest.ask(port, path, { method: 'POST', body });

describe('a code', () => {
  test('is read as it was meant', () => {
    const code = newCode();
    expect(code).toMatch(/^[A-Z2-7]{4}-[A-Z2-7]{4}$/);
    expect(readCode(` ${code.toLowerCase().replace('-', ' ')} `)).toBe(code);
    expect(readCode('0abc 1d8f')).toBe('OABC-IDBF');
    expect(readCode('ABCD-EFG')).toBeUndefined();
    expect(readCode('ABCD-EFG!')).toBeUndefined();
  });

  test('travels in the picture with addresses and id', async () => {
    const { desk, code, port } = await inviting();
    const { qr } = desk.host.peers.pairing() ?? {};
    expect(must(readPairingText(qr?.text ?? ''))).toEqual({
      code,
      id: desk.host.peers.network().device.id,
      addresses: [`127.0.0.1:${port}`],
    });
    expect(qr?.modules.every((row) => /^[01]+$/.test(row) && row.length === qr.modules.length)).toBe(true);
    expect(qr?.svg).toMatch(/^<svg [^>]*><path [^>]*\/><\/svg>$/);
    expect(readPairingText('https://example.org/?x')).toMatchObject({ error: { code: 'bad-input' } });
  });
});

describe('the digits', () => {
  const nonces = { host: 'a'.repeat(64), guest: 'b'.repeat(64) };

  test('are another number when somebody sits between, even who knows the code', async () => {
    const [code, middle] = [newCode(), makeStranger().id];
    const [host, guest] = [makeStranger().id, makeStranger().id];
    const onHost = checkDigits(
      await pairingKey(code, { host, guest: middle }),
      { host, guest: middle },
      nonces,
    );
    const onGuest = checkDigits(
      await pairingKey(code, { host: middle, guest }),
      { host: middle, guest },
      nonces,
    );
    expect(onHost).toMatch(/^\d{3} \d{3}$/);
    expect(onHost).not.toBe(onGuest);
  });

  test('depend on each nonce, and workspaces are told only to who has the key', async () => {
    const ends = { host: makeStranger().id, guest: makeStranger().id };
    const key = await pairingKey('AAAA-AAAA', ends);
    const all = ['c', 'd', 'e'].map((it) => checkDigits(key, ends, { ...nonces, guest: it.repeat(64) }));
    expect(new Set([...all, checkDigits(key, ends, nonces)]).size).toBe(4);
    expect(blind(key, 'one')).not.toBe(blind(await pairingKey('AAAA-AAAB', ends), 'one'));
  });
});

describe('a pairing', () => {
  test('needs both people; the port opens for it and the guest listens, too', async () => {
    const repository = makeRepository();
    const desk = await startDevice({ name: 'desk', repository });
    const lap = await startDevice({ name: 'lap', repository });
    const { code } = must(await desk.host.peers.invite());
    const answered = must(await lap.host.peers.answer({ code: code ?? '', address: desk.address() }));
    expect(answered).toMatchObject({ role: 'guest', state: 'comparing', peer: { name: 'desk' } });
    expect(answered.common).toEqual([{ workspace: lap.host.workspaces()[0]?.workspace, name: 'lap' }]);
    const confirming = lap.host.peers.confirm({ match: true });
    expect(desk.host.peers.pairing()).toMatchObject({
      state: 'comparing',
      check: answered.check,
      code: null,
    });
    expect(desk.host.peers.list()).toEqual([]);
    must(await desk.host.peers.confirm({ match: true }));
    expect(must(await confirming)).toMatchObject({ state: 'paired' });
    expect(desk.peer('lap')).toMatchObject({ own_device: false, share_all: false });
    expect(desk.peer('lap').workspaces).toMatchObject([{ write: true, trusted: false, patterns: [] }]);
  });

  test('ends on both sides when one person sees other digits', async () => {
    const repository = makeRepository();
    const desk = await startDevice({ name: 'desk', repository });
    const lap = await startDevice({ name: 'lap', repository });
    const { code } = must(await desk.host.peers.invite());
    must(await lap.host.peers.answer({ code: code ?? '', address: desk.address() }));
    must(await desk.host.peers.confirm({ match: false }));
    expect(must(await lap.host.peers.confirm({ match: true }))).toMatchObject({
      state: 'failed',
      problem: { code: 'peer-refused' },
    });
    expect([desk.host.peers.list(), lap.host.peers.list()]).toEqual([[], []]);
    expect(await lap.host.peers.confirm({ match: true })).toMatchObject({ error: { code: 'not-found' } });
  });

  test('with itself, a wrong address, or no address at all says what is wrong', async () => {
    const { desk, code } = await inviting();
    const lap = await startDevice({ name: 'lap', repository: makeRepository() });
    expect(must(await desk.host.peers.answer({ code, address: desk.address() })).problem).toMatchObject({
      code: 'device-twice',
    });
    expect(must(await lap.host.peers.answer({ code, address: '127.0.0.1:1' })).problem).toMatchObject({
      code: 'peer-unreachable',
    });
    expect(await lap.host.peers.answer({ code })).toMatchObject({
      error: { code: 'bad-input', subject: 'address' },
    });
    expect(await lap.host.peers.answer({ code: 'nonsense' })).toMatchObject({ error: { code: 'bad-input' } });
    expect(await lap.host.peers.answer({ code, address: 'http://x/' })).toMatchObject({
      error: { code: 'bad-input' },
    });
  });

  test('counts five wrong codes and no more, whoever tries', async () => {
    const { desk, code, port } = await inviting();
    for (let left = limits.pairingTries - 1; left >= 0; left--) {
      const guest = makeStranger();
      const { body } = await beginning(guest, idOf(desk), 'AAAA-AAAA');
      const said = await post(guest, port, '/pair/begin', body);
      expect(said.status).toBe(403);
      expect(said.json().error?.message).toContain(left > 0 ? 'is not the code' : 'counts no longer');
    }
    expect(desk.host.peers.pairing()).toMatchObject({ state: 'failed', code: null });
    await desk.until(() => desk.host.peers.network().listening === null);
    const guest = makeStranger();
    const { body } = await beginning(guest, idOf(desk), code);
    await expect(post(guest, port, '/pair/begin', body)).rejects.toThrow();
  });

  test('takes one guest: the same words again, or from another, get nothing', async () => {
    const { desk, code, port } = await inviting();
    const [guest, thief] = [makeStranger(), makeStranger()];
    const { body, nonce } = await beginning(guest, idOf(desk), code);
    expect((await post(thief, port, '/pair/begin', body)).status).toBe(403);
    expect((await post(guest, port, '/pair/begin', body)).status).toBe(200);
    expect((await post(guest, port, '/pair/begin', body)).status).toBe(403);
    const reveal = JSON.stringify({ nonce, workspaces: [] });
    expect((await post(thief, port, '/pair/reveal', reveal)).status).toBe(403);
    expect((await post(thief, port, '/pair/finish', '{"match":true}')).status).toBe(403);
    expect((await post(guest, port, '/pair/finish', '{"match":true}')).status).toBe(403);
    expect((await post(guest, port, '/pair/reveal', reveal)).status).toBe(200);
    expect((await post(guest, port, '/pair/reveal', reveal)).status).toBe(403);
    expect(desk.host.peers.pairing()).toMatchObject({ state: 'comparing', peer: { id: guest.id } });
  });

  test('ends when the guest shows another nonce than it promised', async () => {
    const { desk, code, port } = await inviting();
    const guest = makeStranger();
    const { body } = await beginning(guest, idOf(desk), code);
    await post(guest, port, '/pair/begin', body);
    const said = await post(
      guest,
      port,
      '/pair/reveal',
      JSON.stringify({ nonce: newNonce(), workspaces: [] }),
    );
    expect(said.json().error?.message).toContain('only an attack explains');
    expect(desk.host.peers.pairing()).toMatchObject({ state: 'failed', check: null });
  });

  test('expires', async () => {
    const clock = createFakeClock();
    const deskId = makeStranger().id;
    const host = hostPairing({
      clock,
      deviceId: deskId,
      name: () => 'desk',
      addresses: [],
      workspaces: () => [],
      changed: () => {},
      agreed: async () => {},
    });
    await clock.advance(limits.pairingMs - 1);
    expect(host.session.state).toBe('waiting');
    const code = host.session.code ?? '';
    await clock.advance(1);
    expect(host.session).toMatchObject({ state: 'failed', code: undefined });
    const guest = makeStranger();
    const key = await pairingKey(code, { host: deskId, guest: guest.id });
    const commitment = commitmentTo(newNonce(), guest.id);
    const caller = { ...guest, host: '127.0.0.1', port: undefined, protocol: 1, instance: 'a' };
    const said = { name: 'guest', commitment, proof: guestProof(key, commitment) };
    expect(await host.begin(caller, said)).toMatchObject({ error: { code: 'peer-refused' } });
  });

  test.each([
    { kept: ok(undefined), ends: { state: 'paired', problem: null } },
    { kept: err(fullDisk), ends: { state: 'failed', problem: fullDisk } },
  ])(
    'that both agreed on is under way, and cannot be cancelled, until it is $ends.state',
    async ({ kept, ends }) => {
      const keeping = Promise.withResolvers<Result<unknown>>();
      const [identity, guest] = [makeStranger(), makeStranger()];
      const pairing = createPairing({
        identity,
        clock: createFakeClock(),
        instance: 'a',
        name: () => 'desk',
        port: () => 1,
        workspaces: () => [],
        nearby: () => [],
        addresses: () => ['127.0.0.1:1'],
        listen: async () => {},
        changed: () => {},
        agreed: () => keeping.promise,
      });
      const caller = { ...guest, host: '127.0.0.1', port: undefined, protocol: 1, instance: 'a' };
      const { nonce, ...said } = await beginning(guest, identity.id, pairing.invite().code ?? '');
      must(await pairing.begin(caller, JSON.parse(said.body)));
      must(await pairing.reveal(caller, { nonce, workspaces: [] }));
      const finishing = pairing.finish(caller, true);
      const confirming = pairing.confirm({ match: true });
      expect(pairing.cancel()).toMatchObject({ state: 'confirmed' });
      expect(pairing.isUnderWay()).toBe(true);
      keeping.resolve(kept);
      expect(must(await confirming)).toMatchObject(ends);
      expect(must(await finishing)).toEqual({ state: kept.ok ? 'yes' : 'no' });
    },
  );

  test('can be cancelled on either side, and begun anew', async () => {
    const { desk, code, port } = await inviting();
    expect(desk.host.peers.cancelPairing()).toMatchObject({ state: 'failed', code: null });
    await desk.until(() => desk.host.peers.network().listening === null);
    const guest = makeStranger();
    const { body } = await beginning(guest, idOf(desk), code);
    await expect(post(guest, port, '/pair/begin', body)).rejects.toThrow();
    const lap = await startDevice({ name: 'lap', repository: makeRepository({ 'ROADMAP.md': 'another\n' }) });
    await pairDevices(desk, lap);
    expect(desk.peer('lap').workspaces).toEqual([]);
  });

  test('of a device that is paired already replaces the former one', async () => {
    const repository = makeRepository();
    const desk = await startDevice({ name: 'desk', repository });
    const lap = await startDevice({ name: 'lap', repository });
    await pairDevices(desk, lap);
    await pairDevices(desk, lap, { ownDevice: true });
    expect(desk.host.peers.list()).toMatchObject([{ name: 'lap', own_device: true, share_all: true }]);
  });
});
