import type { NetworkMaker } from '../core/network.ts';
import { Autoencoder } from '../kernels/autoencoder.ts';
import { lstmKernels } from '../kernels/lstm-kernels.ts';

/** Networks on our own kernels, whose memory all of a thread share. */
export const kernelNetwork: NetworkMaker = (shape, sizes) => new Autoencoder(lstmKernels(), shape, sizes);
