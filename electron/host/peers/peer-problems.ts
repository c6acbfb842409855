/** What can be wrong between two devices, in the words that both of them show. */
import { protocolMinimum, protocolVersion } from '../../../shared/contracts/peer-protocol.ts';
import { type Problem, problem } from '../../../shared/result.ts';

/** The other side must be updated. */
export const theyAreOld = (name: string, version: number): Problem =>
  problem(
    'protocol-too-old',
    name,
    `The Skein on ${name} is too old: it speaks version ${version} of the protocol, and ${protocolMinimum} or newer is needed.`,
    `Update Skein on ${name}.`,
  );

/** This side must be updated. */
export const weAreOld = (name: string, minimum: number): Problem =>
  problem(
    'protocol-too-old',
    name,
    `This Skein is too old for ${name}: it speaks version ${protocolVersion} of the protocol, and ${minimum} or newer is needed.`,
    'Update Skein on this device.',
  );

export const deviceTwice = (name: string): Problem =>
  problem(
    'device-twice',
    name,
    `Two machines pass for ${name}: the data folder of one is a copy of the other's.`,
    'On the copy, stop Skein, give it an identity of its own with `skein peers renew`, and pair it anew.',
  );

export const strangeAnswer = (name: string, status: number): Problem =>
  problem(
    'peer-unreachable',
    name,
    `${name} answered with status ${status}.`,
    'It is asked again; if it stays, update Skein on both devices.',
  );

export const noPeer = (id: string): Problem =>
  problem(
    'not-found',
    id,
    `No paired device is called ${JSON.stringify(id)}.`,
    'List them with: skein peers',
  );
