// The compiler's settings, the only place that names them besides foundry.toml (a test compares the two).
// They favour the gas of calls over the size of the code; see docs of `optimizer.runs` in the compiler's manual.
export const SETTINGS = {
  evmVersion: 'cancun',
  viaIR: true,
  optimizer: { enabled: true, runs: 1_000_000 },
};
