#!/usr/bin/env bash
# Eight ranks on four nodes. Not run: there was no Slurm cluster to try it on.
#SBATCH --job-name=trivium
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=16
#SBATCH --constraint=one-kind-of-processor
#SBATCH --signal=TERM@120
#SBATCH --requeue
set -euo pipefail

# Threads of each rank. Two minutes before the limit SIGTERM asks for a checkpoint; the next start goes on from it.
export TRIVIUM_THREADS=$SLURM_CPUS_PER_TASK
srun --mpi=pmix trivium train --data words.tsv --shards 8 --out runs/words --checkpoint-every 100 --resume
