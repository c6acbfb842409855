/** What handlers work with, and the type that makes a missing handler a compile error. */
import type { EndpointName, Input, Output } from '../../shared/contracts/app-api.ts';
import type { DoctorCheckJson } from '../../shared/contracts/shapes.ts';
import type { Result } from '../../shared/result.ts';
import type { Host } from '../host/host-contract.ts';
import type { SignInCodes } from '../host/sign-in-codes.ts';

export type Deps = {
  host: Host;
  runDoctor: () => Promise<DoctorCheckJson[]>;
  /** Where the folder browser starts; absolute. */
  homeFolder: string;
  /** Undefined where nobody has to sign in: in the desktop's window and the command line's own engine. */
  signIn: { codes: SignInCodes; token: string } | undefined;
  /** Unix milliseconds. */
  nowMs: () => number;
};

/** `signal`: whoever asked is gone, or has had enough of it. */
export type Handler<Name extends EndpointName> = (
  deps: Deps,
  input: Input<Name>,
  signal: AbortSignal,
) => Result<Output<Name>> | Promise<Result<Output<Name>>>;

export type Handlers = { [Name in EndpointName]: Handler<Name> };
