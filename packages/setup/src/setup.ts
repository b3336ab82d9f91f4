import { defineKind } from "@trivium/registry";

/** A published archive that a setup takes files from. */
export interface SetupArchive {
  /** The client of the package registry that fetches the archive: a wheel by pip, a tarball by npm. */
  readonly client: "pip" | "npm";
  /** The package and its version, as the client writes it: `"tensorflow-cpu==2.13.1"`, `"node-api-headers@1.9.0"`. */
  readonly package: string;
  /** The archive's file name. A wheel's name says which build pip is asked for. */
  readonly file: string;
  /** SHA-256 of the archive, in hexadecimal digits. */
  readonly sha256: string;
  /** Returns the place of a file of the archive in the setup's folder; undefined for a file that is not needed. */
  readonly keep: (path: string) => string | undefined;
}

/** Why a setup cannot be had on this machine, and what to use instead. */
export interface SetupRefusal {
  readonly reason: string;
  readonly remedy: string;
}

/** Foreign software that `trivium setup NAME` brings into the user's cache folder. */
export interface Setup {
  /** The version of what is set up. Another version is another folder. */
  readonly version: string;
  /** SPDX expression of the licences of what is kept. */
  readonly license: string;
  /** Bytes to fetch. */
  readonly fetchedBytes: number;
  /** Bytes that stay on the disk. */
  readonly keptBytes: number;
  /** Returns the archives for a machine, or why there are none. */
  archives(machine: Machine): readonly SetupArchive[] | SetupRefusal;
  /**
   * Runs before anything is fetched.
   *
   * @throws {UnsupportedError} naming the program that `finish` needs and does not find, and what installs it.
   */
  check?(): Promise<void>;
  /**
   * Makes what is unpacked usable, and tests it.
   *
   * @param folder - the files that the archives' `keep` chose. The folder is renamed afterwards.
   * @throws {UnsupportedError} if the result does not work here.
   */
  finish(folder: string): Promise<void>;
}

/** A machine, in the words of Node.js. */
export interface Machine {
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly arch: string;
}

/** The kind of setup plugins: a value. The plugin's description says what the setup is for. */
export const setup = defineKind<Setup>()("setup");
