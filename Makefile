# What to type. `make` alone prints the list.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
# `make test SLOW=1` runs the slow tests too; `make test ARGS="-k upload"` passes arguments on.
SELECT := $(if $(SLOW),,-m "not slow")
# Two processes, each with servers of its own, for all tests; one for those that ARGS picks out.
WORKERS := $(if $(ARGS),0,2)
# mypy reads the settings but never connects.
NO_SERVERS := SECRET_KEY=- FIELD_KEYS=1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
	BLIND_INDEX_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= DATABASE_URL=postgres://- REDIS_URL=redis://-

.PHONY: help setup run test check fix bench clean
.NOTPARALLEL:

help:
	@echo "make run    启动整个系统（首次会安装依赖、建库、载入演示数据）"
	@echo "make setup  只创建 Python 环境 .venv（装好依赖）"
	@echo "make test   运行测试（SLOW=1 连同慢的测试）"
	@echo "make check  格式、类型、分层和迁移检查"
	@echo "make fix    自动整理代码格式"
	@echo "make bench  测量上传和计算的速度"
	@echo "make clean  删除缓存和生成的页面文件（不删数据和环境）"

setup: $(VENV)/run.stamp

run: $(VENV)/run.stamp
	@exec $(BIN)/python manage.py run

test: $(VENV)/dev.stamp
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(SELECT) $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(NO_SERVERS) $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check

fix: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.bench $(ARGS)

clean:
	rm -rf staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path "./$(VENV)/*" -not -path "./node_modules/*" -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "需要 Python 3.11 或更高版本；可用 PYTHON=… 指定，例如：make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@echo "正在创建 Python 环境 $(VENV) ……"
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "无法创建环境。在 Debian 上请先执行：apt install python3-venv" >&2; exit 1; }

# Installed again only when the lists change.
$(VENV)/run.stamp: requirements.txt zalainuoer/constraints.txt | $(BIN)/python
	@echo "正在安装依赖……"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt zalainuoer/constraints.txt | $(BIN)/python
	@echo "正在安装测试和检查所需的依赖……"
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp
