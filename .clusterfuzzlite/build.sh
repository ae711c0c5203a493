#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-only OR MIT
exec bash -eux oss-fuzz/build.sh
