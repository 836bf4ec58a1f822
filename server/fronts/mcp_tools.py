"""The Model Context Protocol: three tools over the service, by streamable HTTP (/mcp) and by stdio (`duty mcp`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel, Field
from starlette.applications import Starlette

from corpus.errors import DutyError, NotFoundError, UsageError
from corpus.model import Post
from server.objects import answer_object, hit_object
from server.schemas import AnswerOut, ClauseOut, SearchOut, clause_out
from server.service import Service, asked

Question = Annotated[str, Field(description="谁负责某件事的问题，1 到 500 字，例如：佣金怎么结算，找谁")]
Department = Annotated[str | None, Field(description="Only this department's posts; the names are in the answers")]

Document = Annotated[str | None, Field(description="Only this document's duties; `document` in the citations names it")]


class PostClauses(BaseModel):
    """A post and every duty it has."""

    department: str
    position: str | None
    clauses: list[ClauseOut]
    index_version: str


def create_mcp(service: Service) -> MCPServer:
    server = MCPServer(
        "dutyfinder",
        instructions="Finds which post of the organisation handles a matter, with the clauses that say so.",
    )

    @server.tool()
    async def find_owner(
        question: Question,
        context: Context,
        department: Department = None,
        top_k: Annotated[int, Field(ge=1, le=50)] = 5,
        document: Document = None,
    ) -> AnswerOut:
        """Which posts handle a matter, best first, with the clauses that say so.

        Abstains when no document covers it.
        """
        with _told():
            given = await service.ask(asked(question, department, None, top_k, document=document), _caller(context))
        return AnswerOut.model_validate(answer_object(given))

    @server.tool()
    async def search_duties(
        question: Question,
        department: Department = None,
        top_k: Annotated[int, Field(ge=1, le=50)] = 10,
        document: Document = None,
    ) -> SearchOut:
        """The duty clauses that fit a text best, whoever's they are."""
        with _told():
            hits, version = await service.search(asked(question, department, None, top_k, document=document))
        return SearchOut.model_validate({"hits": [hit_object(hit) for hit in hits], "index_version": version})

    @server.tool()
    def get_post(department: str, position: str | None = None) -> PostClauses:
        """Every duty of one post; without a position, the department's own."""
        with _told():
            served = service.served
        post = Post(department, position)
        if post not in served.retriever.index.posts:
            raise ToolError(f"no post {post}; find_owner names posts")
        clauses = [clause_out(clause) for clause in served.retriever.index.store.clauses_of(post)]
        return PostClauses(department=department, position=position, clauses=clauses, index_version=served.version)

    return server


def mcp_routes(server: MCPServer) -> Starlette:
    """The HTTP side, stateless: any worker may take any request. Hosts and origins are the guard's business."""
    return server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )


@contextmanager
def _told() -> Iterator[None]:
    """Errors as the model may read them: what it got wrong, but no path of this machine."""
    try:
        yield
    except (UsageError, NotFoundError) as error:
        raise ToolError(error.message) from None
    except DutyError:
        raise ToolError("the index cannot be used now; try again later") from None


def _caller(context: Context) -> str:
    request = context.request_context.request
    caller = getattr(getattr(request, "state", None), "caller", None)
    return "local:stdio" if caller is None else str(caller.name)
